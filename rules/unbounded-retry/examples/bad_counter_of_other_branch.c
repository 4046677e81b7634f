/* Only BLOCKED is bounded, and nothing pauses on BUSY. */
static int close_rec(struct rec *rec)
{
	unsigned long st;
	int n = 0;

	while (n < LIMIT) {
		st = rmi_rec_destroy(rec->phys);
		if (RMI_RETURN_STATUS(st) == RMI_BLOCKED)
			n++;
		else if (RMI_RETURN_STATUS(st) != RMI_BUSY) /* expect: unbounded-retry */
			break;
	}

	return st ? -EIO : 0;
}
