/* A range that the RMM maps as far as it can. */
static int map_range(struct realm *r, unsigned long at, unsigned long end, unsigned long desc)
{
	while (at < end) {
		unsigned long next;
		unsigned long st = rmi_rtt_data_map(r->rd_pa, at, end, 0, desc, &next);

		if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
			int level = RMI_RETURN_INDEX(st);

			if (add_tables(r, at, level, RTT_LAST_LEVEL)) /* expect: rtt-level-on-trust */
				return -ENOMEM;
			continue;
		}
		if (st)
			return -ENXIO;
		at = next;
	}
	return 0;
}

static int map_shared(struct realm *r, unsigned long at, unsigned long end, unsigned long desc)
{
	int want = RTT_LAST_LEVEL;
	unsigned long done, st;

	do {
		st = rmi_rtt_unprot_map(r->rd_pa, at, end, 0, desc, &done);
		if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
			if (add_tables(r, at, RMI_RETURN_INDEX(st), want)) /* expect: rtt-level-on-trust */
				return -ENOMEM;
			st = rmi_rtt_unprot_map(r->rd_pa, at, end, 0, desc, &done);
		}
		if (st)
			return -ENXIO;
		at = done;
	} while (at < end);
	return 0;
}
