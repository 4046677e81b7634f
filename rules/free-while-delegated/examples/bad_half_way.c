/* A range that fails in the middle is lent up to there, and all of it is freed. */
struct page *get_delegated(unsigned int order)
{
	struct page *pages = alloc_pages(GFP_KERNEL_ACCOUNT, order);
	phys_addr_t upto;

	if (!pages)
		return NULL;
	if (rmi_granule_range_delegate(page_to_phys(pages), PAGE_SIZE << order, &upto)) {
		__free_pages(pages, order); /* expect: free-while-delegated warning */
		return NULL;
	}
	return pages;
}
