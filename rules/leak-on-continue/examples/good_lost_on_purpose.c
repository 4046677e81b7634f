/* The way back fails: then the page has to stay. */
static int fill(struct realm *r)
{
	int i;

	for (i = 0; i < r->nr; i++) {
		struct page *page = alloc_page(GFP_KERNEL);
		phys_addr_t pa;

		if (!page)
			return -ENOMEM;
		pa = page_to_phys(page);
		if (rmi_granule_delegate(pa)) {
			__free_page(page);
			continue;
		}
		if (rmi_rec_create(r->rd, pa, r->params)) {
			if (WARN_ON(rmi_granule_undelegate(pa)))
				continue;
			__free_page(page);
			continue;
		}
		r->made++;
	}
	return 0;
}
