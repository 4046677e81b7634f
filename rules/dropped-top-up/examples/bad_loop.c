/* The loop takes -ENOMEM for "stock up and try again". */
static void finish_ripas(struct kvm_vcpu *v, unsigned long at, unsigned long top)
{
	unsigned long next = at;
	int err;

	do {
		kvm_mmu_topup_memory_cache(&v->arch.cache, 4); /* expect: dropped-top-up */
		write_lock(&v->kvm->mmu_lock);
		err = realm_change_ripas(v, next, top, &next);
		write_unlock(&v->kvm->mmu_lock);
		if (err && err != -ENOMEM)
			break;
	} while (next < top);
}
