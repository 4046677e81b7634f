/* At least one page a turn. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long upto;

	while (at < limit) {
		if (rmi_granule_range_delegate(at, limit, &upto))
			return -ENXIO;
		at = max(upto, at + PAGE_SIZE);
	}

	return 0;
}
