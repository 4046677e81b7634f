/* Bounded in the do/while condition. */
static int close_rec(struct rec *rec)
{
	unsigned int tries = 0;
	unsigned long st;

	do {
		st = rmi_rec_destroy(rec->phys);
	} while (RMI_RETURN_STATUS(st) == RMI_BUSY && ++tries < MAX_TRIES);

	return st ? -EIO : 0;
}
