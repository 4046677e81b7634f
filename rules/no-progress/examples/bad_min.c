/* Clamped at the top, not at the bottom. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long upto;

	while (at < limit) {
		if (rmi_granule_range_delegate(at, limit, &upto))
			return -ENXIO;
		at = min(upto, limit); /* expect: no-progress */
	}

	return 0;
}
