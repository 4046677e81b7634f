/* The check is written the other way round. */
#define GRANULE 4096

int realm_possible(void)
{
	if (SZ_4K == PAGE_SIZE)
		return 1;
	return 0;
}

void give_back(struct page *page)
{
	phys_addr_t pa = page_to_phys(page);
	unsigned long at;
	bool ours = true;

	for (at = 0; at < PAGE_SIZE; at += GRANULE) {	/* expect: page-size-mix */
		if (WARN_ON(rmi_granule_undelegate(pa + at)))
			ours = false;
	}
	if (ours)
		__free_page(page);
}
