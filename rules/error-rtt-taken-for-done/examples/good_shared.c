/* The twin looks at which level it was. */
static int share_block(struct guest *g, u64 gpa, u64 want, int size_level)
{
	u64 st;

	st = rmi_rtt_map_unprotected(g->rd_pa, gpa, size_level, want);
	if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
		if (grow_tables(g, gpa, RMI_RETURN_INDEX(st), size_level))
			return -ENOMEM;
		st = rmi_rtt_map_unprotected(g->rd_pa, gpa, size_level, want);
	}
	if (st && !(RMI_RETURN_STATUS(st) == RMI_ERROR_RTT && RMI_RETURN_INDEX(st) == size_level))
		return -ENXIO;

	g->shared_pages++;
	return 0;
}
