/* The label is called `out`. */
static int start(struct realm *r)
{
	int rc;

	rc = prepare(r);
	if (rc)
		return rc;
	if (WARN_ON(rmi_realm_activate(r->rd_phys)))
		goto out; /* expect: stale-error-code */
	r->state = STATE_ACTIVE;
	return 0;
out:
	mark_dead(r);
	return rc;
}
