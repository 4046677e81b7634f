/* The twin. */
static int finish_ripas(struct kvm_vcpu *v, unsigned long at, unsigned long top)
{
	unsigned long next = at;
	int err;

	do {
		err = kvm_mmu_topup_memory_cache(&v->arch.cache, 4);
		if (err)
			return err;
		write_lock(&v->kvm->mmu_lock);
		err = realm_change_ripas(v, next, top, &next);
		write_unlock(&v->kvm->mmu_lock);
		if (err && err != -ENOMEM)
			break;
	} while (next < top);

	return err;
}
