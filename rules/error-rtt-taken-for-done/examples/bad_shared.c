/* A block over a table of pages: the second try fails as the first did, for ever. */
static int share_block(struct guest *g, u64 gpa, u64 want, int size_level)
{
	u64 st;

	st = rmi_rtt_map_unprotected(g->rd_pa, gpa, size_level, want);
	if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
		if (grow_tables(g, gpa, RMI_RETURN_INDEX(st), size_level))
			return -ENOMEM;
		st = rmi_rtt_map_unprotected(g->rd_pa, gpa, size_level, want); /* expect: error-rtt-taken-for-done */
	}
	if (st && RMI_RETURN_STATUS(st) != RMI_ERROR_RTT)
		return -ENXIO;

	g->shared_pages++;
	return 0;
}
