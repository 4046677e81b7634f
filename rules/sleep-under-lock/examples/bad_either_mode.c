/* Read or write side: the lock is held on both ways.  The flags come by a parameter. */
static int lend_page(struct realm *r, gfp_t gfp)
{
	struct page *page = alloc_page(gfp);

	if (!page)
		return -ENOMEM;
	return rmi_granule_delegate(page_to_phys(page)) ? -ENXIO : 0;
}

int lend(struct kvm *kvm, struct realm *r, bool shared)
{
	int err;

	if (shared)
		read_lock(&kvm->mmu_lock);
	else
		write_lock(&kvm->mmu_lock);
	err = lend_page(r, GFP_KERNEL | __GFP_ZERO);	/* expect: sleep-under-lock */
	if (shared)
		read_unlock(&kvm->mmu_lock);
	else
		write_unlock(&kvm->mmu_lock);
	return err;
}

/* The lock goes with the block. */
int lend_guarded(struct kvm *kvm, struct realm *r)
{
	guard(write_lock)(&kvm->mmu_lock);
	return lend_page(r, GFP_USER);		/* expect: sleep-under-lock */
}
