/* Set in the condition itself, or before the test on purpose. */
static int start(struct realm *r)
{
	int rc;

	if ((rc = rmi_errno(rmi_realm_activate(r->rd_phys))))
		goto err;

	rc = -ENOMEM;
	r->log = kzalloc(SZ_4K, GFP_KERNEL);
	if (!r->log)
		goto err;

	return 0;

err:
	mark_dead(r);
	return rc;
}
