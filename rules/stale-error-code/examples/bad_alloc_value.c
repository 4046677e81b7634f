/* The allocation's result is tested in a line of its own. */
static int start(struct realm *r)
{
	void *page;
	int rc;

	rc = rmi_errno(rmi_realm_activate(r->rd_phys));
	if (rc)
		return rc;

	page = kzalloc(SZ_4K, GFP_KERNEL);
	if (!page)
		goto err; /* expect: stale-error-code */

	r->log = page;
	return 0;

err:
	mark_dead(r);
	return rc;
}
