/* The lock is dropped and taken again on BUSY. */
static int close_rec(struct realm *r, struct rec *rec)
{
	unsigned long st;

	do {
		st = rmi_rec_destroy(rec->phys);
		if (st == RMI_BUSY)
			cond_resched_rwlock_write(&r->map_lock);
	} while (st == RMI_BUSY);

	return st ? -EIO : 0;
}
