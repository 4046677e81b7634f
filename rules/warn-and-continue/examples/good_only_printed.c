/* Only printed afterwards. */
static void report(struct realm *r)
{
	unsigned long st = rmi_realm_destroy(r->rd_phys);

	WARN_ON(st);
	pr_err("realm %d: %lu\n", r->id, RMI_RETURN_INDEX(st));
}
