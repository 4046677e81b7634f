/* The helper drops the lock before it sleeps, and takes it again. */
static int refill(struct kvm *kvm, struct realm *r)
{
	int err;

	spin_unlock(&r->lock);
	err = kvm_mmu_topup_memory_cache(&r->cache, 2);
	spin_lock(&r->lock);
	return err;
}

int add_table(struct kvm *kvm, struct realm *r, u64 ipa)
{
	int err = 0;

	spin_lock(&r->lock);
	if (!r->cache.nobjs)
		err = refill(kvm, r);
	if (!err && rmi_rtt_create(r->rd_phys, cache_phys(&r->cache), ipa, 3))
		err = -ENXIO;
	spin_unlock(&r->lock);
	return err;
}

/* A mutex is no spinning lock. */
int make_realm(struct kvm *kvm, struct realm *r)
{
	int err = -ENOMEM;

	mutex_lock(&kvm->arch.realm_mutex);
	r->rd = (void *)get_zeroed_page(GFP_KERNEL);
	if (r->rd)
		err = rmi_granule_delegate(virt_to_phys(r->rd)) ? -ENXIO : 0;
	mutex_unlock(&kvm->arch.realm_mutex);
	return err;
}
