/* No call in the test: the value of a firmware register. */
static int start(struct realm *r)
{
	unsigned long reg;
	int rc;

	rc = rmi_errno(rmi_features(0, &reg));
	if (rc)
		return rc;
	if (!(reg & NEEDED))
		goto err_unsupported; /* expect: stale-error-code */
	return 0;

err_unsupported:
	pr_info("RMM lacks a feature\n");
	mark_dead(r);
	return rc;
}
