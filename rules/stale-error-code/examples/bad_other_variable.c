/* The status is in another variable than the code. */
static int start(struct realm *r)
{
	unsigned long st;
	int rc;

	rc = prepare(r);
	if (rc)
		return rc;

	st = rmi_realm_activate(r->rd_phys);
	if (RMI_RETURN_STATUS(st) != RMI_SUCCESS)
		goto err; /* expect: stale-error-code */

	return 0;

err:
	mark_dead(r);
	return rc;
}
