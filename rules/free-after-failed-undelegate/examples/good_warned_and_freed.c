/* The twin: what the RMM keeps is leaked. */
static void drop_rd(struct realm *r)
{
	phys_addr_t pa = virt_to_phys(r->rd);

	if (!WARN_ON(rmi_granule_undelegate(pa)))
		free_page((unsigned long)r->rd);
	r->rd = NULL;
}
