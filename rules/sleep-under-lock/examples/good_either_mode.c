/* GFP_ATOMIC under the lock, GFP_KERNEL once it is dropped. */
static int lend_page(struct realm *r, gfp_t gfp)
{
	struct page *page = alloc_page(gfp);

	if (!page)
		return -ENOMEM;
	return rmi_granule_delegate(page_to_phys(page)) ? -ENXIO : 0;
}

int lend(struct kvm *kvm, struct realm *r)
{
	int err;

	write_lock(&kvm->mmu_lock);
	err = lend_page(r, GFP_ATOMIC | __GFP_ZERO);
	write_unlock(&kvm->mmu_lock);
	if (err == -ENOMEM)
		err = lend_page(r, GFP_KERNEL | __GFP_ZERO);
	return err;
}

/* Out of the scope before anything sleeps. */
int lend_scoped(struct kvm *kvm, struct realm *r)
{
	int err;

	scoped_guard(write_lock, &kvm->mmu_lock)
		err = lend_page(r, GFP_ATOMIC);
	return err ?: lend_page(r, GFP_KERNEL);
}
