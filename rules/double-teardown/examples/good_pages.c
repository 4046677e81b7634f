/* Pages are no objects: every error path frees some. */
static void free_table(phys_addr_t pa)
{
	if (!WARN_ON(rmi_undelegate_page(pa)))
		free_page((unsigned long)phys_to_virt(pa));
}

static void destroy_level(struct realm *r, int level)
{
	free_table(r->tables[level]);
}

void realm_destroy(struct realm *r)
{
	free_table(r->root);
	destroy_level(r, 2);
	WARN_ON(rmi_realm_destroy(r->rd_pa));
}
