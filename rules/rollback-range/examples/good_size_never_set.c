/* The twin: undo only what succeeded as a whole. */
static int set_up_root(struct realm *r, phys_addr_t rd, unsigned long bytes)
{
	int rc;

	rc = rmi_delegate_range(r->root_phys, bytes);
	if (rc)
		return -ENXIO;

	rc = rmi_realm_create(rd, r->params_phys);
	if (!rc)
		return 0;

	WARN_ON(rmi_undelegate_range(r->root_phys, bytes));
	return -ENXIO;
}
