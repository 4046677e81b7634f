/* The twin: nothing to do is no error. */
static int take_back(phys_addr_t pa, unsigned long bytes)
{
	phys_addr_t limit = pa + bytes;
	unsigned long reached;

	while (pa < limit) {
		if (rmi_granule_range_undelegate(pa, limit, &reached))
			return -ENXIO;
		if (reached <= pa)
			return -ENXIO;
		pa = reached;
	}

	return 0;
}
