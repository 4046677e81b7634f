/* A reference that is taken to use the page, not to lose it. */
static struct page *peek(phys_addr_t pa)
{
	struct page *page = phys_to_page(pa);

	get_page(page);
	if (rmi_granule_undelegate(pa)) {
		put_page(page);
		return NULL;
	}
	return page;
}
