/* A struct page is not the page. */
int lend_page_of(struct page *page, struct list_head *lent)
{
	if (rmi_delegate_page(page_to_phys(page)))
		return -ENXIO;
	page->private = 1;
	list_add(&page->lru, lent);
	return 0;
}
