/* Delegated, then refused: the page is lost with its state. */
static int fill(struct realm *r)
{
	int i;

	for (i = 0; i < r->nr; i++) {
		struct page *page = alloc_page(GFP_KERNEL);
		unsigned long pa;

		if (!page)
			return -ENOMEM;
		pa = page_to_phys(page);
		if (rmi_granule_delegate(pa)) {
			__free_page(page);
			continue;
		}
		if (rmi_rec_create(r->rd, pa, r->params))
			continue; /* expect: leak-on-continue */
		r->made++;
	}
	return 0;
}
