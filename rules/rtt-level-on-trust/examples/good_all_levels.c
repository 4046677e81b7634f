/* The twin; and one page, for which every level is needed. */
static int map_range(struct realm *r, unsigned long at, unsigned long end, unsigned long desc)
{
	while (at < end) {
		unsigned long next;
		unsigned long st = rmi_rtt_data_map(r->rd_pa, at, end, 0, desc, &next);

		if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
			int level = RMI_RETURN_INDEX(st);

			if (WARN_ON(level >= RTT_LAST_LEVEL))
				return -ENXIO;
			if (add_tables(r, at, level, level + 1))
				return -ENOMEM;
			continue;
		}
		if (st)
			return -ENXIO;
		at = next;
	}
	return 0;
}

static int fill_page(struct realm *r, unsigned long at, phys_addr_t pa)
{
	unsigned long st = rmi_rtt_data_map_init(r->rd_pa, pa, at, r->src_pa, 0);

	if (RMI_RETURN_STATUS(st) != RMI_ERROR_RTT)
		return st ? -ENXIO : 0;
	if (add_tables(r, at, RMI_RETURN_INDEX(st), RTT_LAST_LEVEL))
		return -ENOMEM;
	return rmi_rtt_data_map_init(r->rd_pa, pa, at, r->src_pa, 0) ? -ENXIO : 0;
}
