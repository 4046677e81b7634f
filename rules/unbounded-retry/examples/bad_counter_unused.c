/* The attempts are counted for statistics only. */
static int close_rec(struct rec *rec)
{
	unsigned long st;

	do {
		st = rmi_rec_destroy(rec->phys);
		rec->stat_retries++;
	} while (st == RMI_BUSY); /* expect: unbounded-retry */

	return st ? -EIO : 0;
}
