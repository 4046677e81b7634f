/* Several granules of one page. */
static void drop_page(struct page *page)
{
	phys_addr_t pa = page_to_phys(page);
	phys_addr_t at;

	for (at = pa; at < pa + PAGE_SIZE; at += RMM_GRANULE)
		WARN_ON(rmi_granule_undelegate(at)); /* expect: free-after-failed-undelegate */
	__free_page(page);
}
