/* Several granules, a flag over the loop. */
static void drop_page(struct page *page)
{
	phys_addr_t pa = page_to_phys(page);
	bool all = true;
	int i;

	for (i = 0; i < GRANULES; i++) {
		if (WARN_ON(rmi_granule_undelegate(pa)))
			all = false;
		pa += RMM_GRANULE;
	}
	if (all)
		__free_page(page);
}
