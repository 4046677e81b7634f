/* Here the host may have larger pages: the loop is needed. */
#define GRANULE 4096

int realm_possible(u64 features)
{
	return features & FEATURE_4K ? 0 : -ENODEV;
}

void give_back(struct page *page)
{
	phys_addr_t pa = page_to_phys(page);
	unsigned long at;
	bool ours = true;

	for (at = 0; at < PAGE_SIZE; at += GRANULE) {
		if (WARN_ON(rmi_granule_undelegate(pa + at)))
			ours = false;
	}
	if (ours)
		__free_page(page);
}
