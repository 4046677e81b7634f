/* An int flag, turned into an errno before the return. */
static int end_realm(struct realm *r)
{
	int rc;

	rc = WARN_ON(rmi_realm_destroy(r->rd_phys));
	if (rc)
		rc = -ENXIO;
	free_rd(r);

	return rc;
}
