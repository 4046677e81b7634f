/* The loop is in a helper, which leaves what it has done as it is. */
static int delegate_all(phys_addr_t pa, unsigned long size)
{
	phys_addr_t top = pa + size, next;

	while (pa < top) {
		if (rmi_granule_range_delegate(pa, top, &next))
			return -ENXIO;
		pa = next;
	}
	return 0;
}

struct page *get_lent(unsigned int order)
{
	struct page *pages = alloc_pages(GFP_KERNEL_ACCOUNT, order);
	int err;

	if (!pages)
		return NULL;
	err = delegate_all(page_to_phys(pages), PAGE_SIZE << order);
	if (err) {
		__free_pages(pages, order); /* expect: free-while-delegated warning */
		return NULL;
	}
	return pages;
}
