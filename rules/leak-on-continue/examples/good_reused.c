/* The page is kept for the next turn. */
static int split_all(struct realm *r, unsigned long ipa, unsigned long end)
{
	phys_addr_t granule = PHYS_ADDR_MAX;
	unsigned long st;

	for (; ipa < end; ipa += SZ_2M) {
		if (granule == PHYS_ADDR_MAX)
			granule = alloc_delegated(r->cache);
		if (granule == PHYS_ADDR_MAX)
			return -ENOMEM;
		st = rmi_rtt_create(r->rd_phys, granule, ipa, 3);
		if (st)
			continue;
		granule = PHYS_ADDR_MAX;
	}
	if (granule != PHYS_ADDR_MAX)
		free_delegated(granule);
	return 0;
}
