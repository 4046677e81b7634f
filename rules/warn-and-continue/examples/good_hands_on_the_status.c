/* The caller gets the failure: nothing is built on it. */
static unsigned long end_realm(struct realm *r)
{
	unsigned long st = rmi_realm_destroy(r->rd_phys);

	WARN_ON(st);

	return st;
}
