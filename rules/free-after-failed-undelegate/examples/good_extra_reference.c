/* A reference keeps the page from the allocator. */
static void forget_page(struct realm *r, phys_addr_t pa)
{
	struct page *page = phys_to_page(pa);

	if (WARN_ON(rmi_undelegate_page(pa)))
		get_page(page);
	put_page(page);
}
