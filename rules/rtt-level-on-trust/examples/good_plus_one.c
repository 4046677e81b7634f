/* The twin. */
static int split_block(struct realm *r, unsigned long at, unsigned long end)
{
	unsigned long next, st;

	st = rmi_rtt_data_unmap(r->rd_pa, at, end, 0, 0, &next);
	if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
		if (next > at)
			return 0;
		if (WARN_ON(RMI_RETURN_INDEX(st) >= RTT_LAST_LEVEL))
			return -EBUSY;
		st = rmi_rtt_create(r->rd_pa, r->spare_pa, at, RMI_RETURN_INDEX(st) + 1);
	}
	return st ? -ENXIO : 0;
}
