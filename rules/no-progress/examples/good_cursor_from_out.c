/* The twin: it must have moved. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long upto;

	while (at < limit) {
		if (rmi_granule_range_delegate(at, limit, &upto))
			return -ENXIO;
		if (WARN_ON(upto <= at))
			return -ENXIO;
		at = upto;
	}

	return 0;
}
