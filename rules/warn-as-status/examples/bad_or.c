/* Two at once. */
static int end_realm(struct realm *r)
{
	if (!r->rd_phys)
		return -EINVAL;
	return WARN_ON(rmi_realm_destroy(r->rd_phys)) || WARN_ON(rmi_undelegate_page(r->rd_phys)); /* expect: warn-as-status warning */
}
