/* The splat changes nothing: the page goes back to the allocator. */
static void drop_rd(struct realm *r)
{
	phys_addr_t pa = virt_to_phys(r->rd);

	WARN_ON(rmi_granule_undelegate(pa)); /* expect: free-after-failed-undelegate */
	free_page((unsigned long)r->rd);
	r->rd = NULL;
}
