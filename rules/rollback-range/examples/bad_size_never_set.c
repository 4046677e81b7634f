/* The counter was meant for a loop that is gone. */
static int set_up_root(struct realm *r, phys_addr_t rd, unsigned long bytes)
{
	unsigned long given;
	int rc;

	rc = rmi_delegate_range(r->root_phys, bytes);
	if (rc)
		goto out_undo;

	rc = rmi_realm_create(rd, r->params_phys);
	if (!rc)
		return 0;

out_undo:
	WARN_ON(rmi_undelegate_range(r->root_phys, given)); /* expect: rollback-range */
	return rc ? -ENXIO : 0;
}
