/* Wrappers of another file: they may fail on the host's side as well. */
static long fold(struct realm *r, unsigned long at)
{
	return rmi_rtt_fold(r->rd_pa, at, 3);
}

static int shrink(struct realm *r, unsigned long from, unsigned long to)
{
	for (; from < to; from += SZ_2M) {
		long st = fold(r, from);

		if (st < 0)
			return st;
		if (RMI_RESULT_STATUS(st) == RMI_ERROR_RTT)
			continue;
		if (st)
			return -EBUSY;
	}
	return 0;
}
