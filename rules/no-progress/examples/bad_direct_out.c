/* The cursor itself is the out-argument. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	while (at < limit) {
		if (rmi_granule_range_delegate(at, limit, &at)) /* expect: no-progress */
			return -ENXIO;
	}

	return 0;
}
