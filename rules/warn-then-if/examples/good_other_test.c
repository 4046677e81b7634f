static int add(struct realm *r, phys_addr_t pa, int level)
{
	WARN_ON(level > 3);
	if (level > 2)
		return rmi_map_page(r->rd_phys, pa);
	WARN_ON(rmi_take(r));
	if (rmi_take(r))
		return -ENXIO;
	return 0;
}
