/* The caller cannot know that there is no spare page; and a top-up by hand. */
static void ensure_spare_granule(struct realm *r)
{
	void *page = (void *)get_zeroed_page(GFP_ATOMIC); /* expect: dropped-top-up */

	if (page)
		r->spare = page;
}

static int change_once(struct kvm_vcpu *v, unsigned long at, unsigned long top)
{
	kvm_mmu_topup_memory_cache(&v->arch.cache, 4); /* expect: dropped-top-up info */
	return realm_change_ripas(v, at, top, &at);
}
