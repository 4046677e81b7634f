/* The poll macro has a timeout. */
static int close_rec(struct rec *rec)
{
	unsigned long st;

	return read_poll_timeout(rmi_rec_destroy, st, st != RMI_BUSY, 10, 1000, false, rec->phys);
}
