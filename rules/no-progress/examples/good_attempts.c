/* The attempts are bounded, so a cursor that stands still ends the loop. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned int turns = MAX_TURNS;
	unsigned long upto;

	while (at < limit && turns--) {
		if (rmi_granule_range_delegate(at, limit, &upto))
			return -ENXIO;
		at = upto;
	}

	return at < limit ? -EIO : 0;
}
