/* The helper takes back what it gave: then all of it may be freed. */
static int delegate_all(phys_addr_t pa, unsigned long size)
{
	phys_addr_t base = pa, top = pa + size, next;

	while (pa < top) {
		if (rmi_granule_range_delegate(pa, top, &next)) {
			rmi_undelegate_range(base, pa - base);
			return -ENXIO;
		}
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
		__free_pages(pages, order);
		return NULL;
	}
	return pages;
}
