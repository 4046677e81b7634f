/* The twin: three attempts, then the caller hears of it. */
static int close_rec(struct rec *rec)
{
	unsigned long st, status;
	int left = 3;

again:
	st = rmi_rec_destroy(rec->phys);
	status = RMI_RETURN_STATUS(st);
	if (status == RMI_BUSY && left-- > 0)
		goto again;

	return status ? -EBUSY : 0;
}
