/* The twin: the helper undelegates and frees, and gets the count as it was. */
static int get_aux(struct page **pages, u64 *pas, int nr)
{
	struct page *page;
	int i;

	for (i = 0; i < nr; i++) {
		page = alloc_page(GFP_KERNEL_ACCOUNT);
		if (!page)
			goto out;
		pas[i] = page_to_phys(page);
		if (rmi_delegate_page(pas[i])) {
			__free_page(page);
			goto out;
		}
		pages[i] = page;
	}
	return 0;

out:
	release_aux(pages, i);
	return -ENOMEM;
}
