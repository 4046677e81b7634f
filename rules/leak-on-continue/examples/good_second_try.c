/* Missing tables are made, and the same page is offered again. */
static int split_all(struct realm *r, unsigned long ipa, unsigned long end)
{
	while (ipa < end) {
		phys_addr_t granule = alloc_delegated(r->cache);
		unsigned long st;

		if (granule == PHYS_ADDR_MAX)
			return -ENOMEM;
		st = rmi_rtt_create(r->rd_phys, granule, ipa, 3);
		if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
			make_parents(r, ipa);
			st = rmi_rtt_create(r->rd_phys, granule, ipa, 3);
		}
		if (!st) {
			ipa += SZ_2M;
			continue;
		}
		free_delegated(granule);
		return -ENXIO;
	}
	return 0;
}
