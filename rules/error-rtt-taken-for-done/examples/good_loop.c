/* Something is done about it: the smaller mappings go, and the block is tried once more. */
static int share_range(struct guest *g, u64 gpa, u64 top, u64 want)
{
	u64 next;

	while (gpa < top) {
		u64 st = rmi_rtt_map_unprotected(g->rd_pa, gpa, 2, want);

		if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
			grow_tables(g, gpa, RMI_RETURN_INDEX(st), 2);
			st = rmi_rtt_map_unprotected(g->rd_pa, gpa, 2, want);
		}
		if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
			if (rmi_rtt_unmap_unprotected(g->rd_pa, gpa, 2, &next))
				return -ENXIO;
			continue;
		}
		if (st)
			return -ENXIO;
		gpa += SZ_2M;
	}
	return 0;
}

/* Handed on: the caller hears of it. */
static u64 share_page(struct guest *g, u64 gpa, u64 want)
{
	u64 st = rmi_rtt_map_unprotected(g->rd_pa, gpa, 3, want);

	if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
		grow_tables(g, gpa, RMI_RETURN_INDEX(st), 3);
		st = rmi_rtt_map_unprotected(g->rd_pa, gpa, 3, want);
	}
	return st;
}
