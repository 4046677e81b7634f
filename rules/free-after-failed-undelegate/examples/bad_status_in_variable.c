/* The status is kept, returned, and not looked at before the free. */
static int shrink_log(struct rme_log *log)
{
	unsigned long st;

	st = rmi_undelegate_range(virt_to_phys(log->mem), log->bytes); /* expect: free-after-failed-undelegate */
	free_pages_exact(log->mem, log->bytes);
	log->mem = NULL;

	return st ? -EBUSY : 0;
}
