/* Two destructors that do not know each other make the same two steps. */
static void unmap_everything(struct realm *r)
{
	r->mapped = 0;
}

static void destroy_tables(struct realm *r)
{
	WARN_ON(rmi_rtt_destroy(r->rd_pa, 0, 1));
}

void stage2_uninit(struct realm *r)
{
	unmap_everything(r);
	destroy_tables(r);
}

void realm_destroy(struct realm *r)
{
	unmap_everything(r);
	destroy_tables(r); /* expect: double-teardown */
	WARN_ON(rmi_realm_destroy(r->rd_pa));
}
