/* The free goes by a count that the loop leaves alone. */
static int get_aux(struct page **pages, u64 *pas, int nr)
{
	int i, made;

	for (i = 0; i < nr; i++) {
		struct page *page = alloc_page(GFP_KERNEL_ACCOUNT);

		if (!page)
			break;
		pas[i] = page_to_phys(page);
		pages[i] = page;
		if (rmi_delegate_page(pas[i]))
			break;
	}
	if (i == nr)
		return 0;
	made = i;
	while (i > 0) {
		i--;
		WARN_ON(rmi_undelegate_page(pas[i]));
	}
	release_pages_of(pages, made);
	return -ENOMEM;
}
