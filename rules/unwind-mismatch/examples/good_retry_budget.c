/* A budget that grows by four and shrinks by one. */
static int persuade(struct realm *r)
{
	int budget = 0, k;

	for (k = 0; k < r->nr; k++)
		budget += 4;
	while (budget--) {
		if (!rmi_realm_destroy(r->rd))
			return 0;
		cpu_relax();
	}
	return -EBUSY;
}
