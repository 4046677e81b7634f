/* A predicate of the file knows the transient answers. */
static bool transient(unsigned long st)
{
	return RMI_RETURN_STATUS(st) == RMI_BUSY || RMI_RETURN_STATUS(st) == RMI_BLOCKED;
}

static int close_rec(struct rec *rec)
{
	unsigned long st;

	do {
		st = rmi_rec_destroy(rec->phys);
	} while (transient(st)); /* expect: unbounded-retry */

	return st ? -EIO : 0;
}
