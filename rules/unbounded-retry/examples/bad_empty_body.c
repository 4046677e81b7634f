/* Assigned in the condition. */
static int close_rec(struct rec *rec)
{
	unsigned long st;

	while ((st = rmi_rec_destroy(rec->phys)) == RMI_BUSY) /* expect: unbounded-retry */
		;

	return st ? -EIO : 0;
}
