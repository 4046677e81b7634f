/* It says so. */
static int ensure_spare_granule(struct realm *r)
{
	void *page = (void *)get_zeroed_page(GFP_ATOMIC);

	if (!page)
		return -ENOMEM;
	r->spare = page;
	return 0;
}

static int change_once(struct kvm_vcpu *v, unsigned long at, unsigned long top)
{
	int err = kvm_mmu_topup_memory_cache(&v->arch.cache, 4);

	if (!err)
		err = realm_change_ripas(v, at, top, &at);
	return err;
}
