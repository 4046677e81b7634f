/* The size of what is taken back is set nowhere. */
static int make_realm(struct realm *r, phys_addr_t tables, unsigned long len)
{
	unsigned long done;

	if (rmi_delegate_range(tables, len))
		return -ENXIO;
	if (rmi_realm_create(r->rd_phys, r->params_phys))
		goto undo;
	return 0;
undo:
	if (rmi_undelegate_range(tables, done)) /* expect: uninitialised-on-path */
		r->tables = 0;
	return -ENXIO;
}
