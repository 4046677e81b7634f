/* The delegation fails: the page was never lent, and is lost. */
static int fill_cache(struct realm *r)
{
	int i;

	for (i = 0; i < CACHE; i++) {
		struct page *page = alloc_page(GFP_KERNEL);
		phys_addr_t pa;
		unsigned long st;

		if (!page)
			return -ENOMEM;
		pa = page_to_phys(page);
		st = rmi_granule_delegate(pa);
		if (st == RMI_BUSY)
			continue; /* expect: leak-on-continue */
		if (st)
			return -ENXIO;
		r->cache[i] = pa;
	}
	return 0;
}
