/* The WARN alone does not leave. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long upto;

	while (at < limit) {
		if (rmi_granule_range_delegate(at, limit, &upto))
			return -ENXIO;
		WARN_ON(upto <= at);
		at = upto; /* expect: no-progress */
	}

	return 0;
}
