/* Written through a pointer. */
static void end_realm(struct realm *r, unsigned long *status)
{
	*status = WARN_ON(rmi_realm_destroy(r->rd_phys)); /* expect: warn-as-status */
}
