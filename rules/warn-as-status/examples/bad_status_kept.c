/* The status is copied, then overwritten with the truth value and handed on. */
static unsigned long end_rec(struct rec *rec)
{
	unsigned long st = rmi_rec_destroy(rec->phys);

	if (RMI_RETURN_STATUS(st) == RMI_ERROR_REC)
		return st;
	if (st)
		st = WARN_ONCE(st, "REC %d stays\n", rec->id); /* expect: warn-as-status */

	return st;
}
