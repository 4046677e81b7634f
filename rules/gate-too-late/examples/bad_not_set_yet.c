/* Nothing sets it yet, and it lies beside the state. */
struct realm {
	int state;
	unsigned int order;
	unsigned long rd_pa;
};

void realm_uninit(struct realm *r)
{
	realm_tear_down_tables(r, 1UL << r->order); /* expect: gate-too-late */
	if (r->state == REALM_NONE)
		return;
	WARN_ON(rmi_realm_destroy(r->rd_pa));
}
