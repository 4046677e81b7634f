/* An empty range is called wrong, and then sent to the RMM all the same. */
static int take_back(phys_addr_t pa, unsigned long bytes)
{
	phys_addr_t limit = pa + bytes;
	unsigned long reached;

	WARN_ON_ONCE(bytes == 0); /* expect: warn-and-continue */

	do {
		if (rmi_granule_range_undelegate(pa, limit, &reached))
			return -ENXIO;
		if (reached <= pa)
			return -ENXIO;
		pa = reached;
	} while (pa < limit);

	return 0;
}
