/* The label says itself what the caller gets. */
static int start(struct realm *r)
{
	int rc;

	rc = prepare(r);
	if (rc)
		return rc;
	if (rmi_realm_activate(r->rd_phys))
		goto fail;
	return rc;

fail:
	rc = -ENXIO;
	mark_dead(r);
	return rc;
}
