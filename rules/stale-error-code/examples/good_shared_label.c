/* Success goes through the same label, and that is what it is for. */
static int pin_params(struct realm *r)
{
	int rc;

	rc = check_params(r);
	if (rc)
		goto out_free;
	if (realm_is_ready(r))
		goto out_free;

	rc = rmi_realm_activate(r->rd_phys) ? -ENXIO : 0;
out_free:
	free_page(r->params);
	r->params = 0;
	return rc;
}
