/* Turned into an errno, not used as a value. */
static int close_realm(struct realm *r)
{
	unsigned long st = rmi_realm_terminate(r->rd_phys);

	WARN_ON(RMI_RETURN_STATUS(st) != RMI_SUCCESS);

	return st ? -EIO : 0;
}
