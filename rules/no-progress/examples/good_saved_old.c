/* The old value is kept and compared. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long upto;

	while (at < limit) {
		phys_addr_t before = at;

		if (rmi_granule_range_delegate(at, limit, &upto))
			return -ENXIO;
		at = upto;
		if (WARN_ON(at <= before))
			return -ENXIO;
	}

	return 0;
}
