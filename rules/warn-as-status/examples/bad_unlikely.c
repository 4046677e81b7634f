/* With a macro around it. */
static int end_realm(struct realm *r)
{
	if (!r->rd_phys)
		return -EINVAL;
	return unlikely(WARN_ON(rmi_realm_destroy(r->rd_phys))); /* expect: warn-as-status warning */
}
