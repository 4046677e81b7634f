/* The loop is a goto, the status a copy. */
static int close_rec(struct rec *rec)
{
	unsigned long st, status;

again:
	st = rmi_rec_destroy(rec->phys);
	status = RMI_RETURN_STATUS(st);
	if (status == RMI_BUSY) /* expect: unbounded-retry */
		goto again;

	return status ? -EBUSY : 0;
}
