/* The same in a loop, with the status in a variable of its own and a switch. */
static int share_range(struct guest *g, u64 gpa, u64 top, u64 want)
{
	for (; gpa < top; gpa += SZ_2M) {
		u64 st = rmi_rtt_map_unprotected(g->rd_pa, gpa, 2, want);

		if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
			grow_tables(g, gpa, RMI_RETURN_INDEX(st), 2);
			st = rmi_rtt_map_unprotected(g->rd_pa, gpa, 2, want); /* expect: error-rtt-taken-for-done */
		}
		switch (RMI_RETURN_STATUS(st)) {
		case RMI_SUCCESS:
		case RMI_ERROR_RTT:
			mark_shared(g, gpa);
			break;
		default:
			return -ENXIO;
		}
	}
	return 0;
}
