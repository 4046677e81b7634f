/* The loop counts down to 0, and then 0 pages are freed. */
static int get_aux(struct page **pages, u64 *pas, int nr)
{
	struct page *page;
	int i;

	for (i = 0; i < nr; i++) {
		page = alloc_page(GFP_KERNEL_ACCOUNT);
		if (!page)
			goto out;
		pas[i] = page_to_phys(page);
		pages[i] = page;
		if (rmi_delegate_page(pas[i]))
			goto undo;
	}
	return 0;

undo:
	while (i > 0) {
		i--;
		if (WARN_ON(rmi_undelegate_page(pas[i]))) /* expect: undone-not-freed */
			goto out;
	}
out:
	release_aux(pages, i);
	return -ENOMEM;
}
