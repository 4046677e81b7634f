/* A clock bounds it. */
static int stop_realm(struct realm *r)
{
	unsigned long limit = jiffies + HZ;
	unsigned long st;

	do {
		st = rmi_realm_terminate(r->rd_phys);
		if (RMI_RETURN_STATUS(st) != RMI_BUSY)
			break;
		usleep_range(50, 100);
	} while (time_before(jiffies, limit));

	return st ? -EBUSY : 0;
}
