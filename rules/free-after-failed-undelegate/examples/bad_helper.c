/* The undelegation is a helper that only warns. */
static void take_back(phys_addr_t pa)
{
	WARN_ON(rmi_undelegate_page(pa));
}

static void drop_rd(struct realm *r)
{
	take_back(virt_to_phys(r->rd)); /* expect: free-after-failed-undelegate */
	free_page((unsigned long)r->rd);
}
