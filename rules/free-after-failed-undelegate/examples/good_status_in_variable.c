/* The twin. */
static int shrink_log(struct rme_log *log)
{
	unsigned long st;

	st = rmi_undelegate_range(virt_to_phys(log->mem), log->bytes);
	if (st) {
		log->mem = NULL;
		return -EBUSY;
	}
	free_pages_exact(log->mem, log->bytes);
	log->mem = NULL;

	return 0;
}
