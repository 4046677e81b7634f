/* `continue` of an inner loop tries again with the same page. */
static int split_all(struct realm *r, unsigned long ipa, unsigned long end)
{
	for (; ipa < end; ipa += SZ_2M) {
		phys_addr_t granule = alloc_delegated(r->cache);
		unsigned long st;
		int turn = 0;

		if (granule == PHYS_ADDR_MAX)
			return -ENOMEM;
		do {
			st = rmi_rtt_create(r->rd_phys, granule, ipa, 3);
			if (st == RMI_BUSY)
				continue;
		} while (st == RMI_BUSY && turn++ < MAX_TURNS);
		if (st) {
			free_delegated(granule);
			return -ENXIO;
		}
	}
	return 0;
}
