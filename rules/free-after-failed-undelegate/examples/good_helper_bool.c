/* A helper says whether it came back. */
static bool came_back(phys_addr_t pa)
{
	return !WARN_ON(rmi_undelegate_page(pa));
}

static void drop_rd(struct realm *r)
{
	if (came_back(virt_to_phys(r->rd)))
		free_page((unsigned long)r->rd);
}
