/* The test leaves; everything else goes round. */
static int close_rec(struct rec *rec)
{
	while (true) {
		unsigned long st = RMI_RETURN_STATUS(rmi_rec_destroy(rec->phys));

		if (st == RMI_SUCCESS)
			return 0;
		if (st != RMI_BLOCKED) /* expect: unbounded-retry */
			return -EIO;
	}
}
