/* The twin. */
static int end_realm(struct realm *r)
{
	if (stop_recs(r))
		return -EBUSY;

	return WARN_ON(rmi_realm_destroy(r->rd_phys)) ? -ENXIO : 0;
}
