/* Only an overshoot is tested. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long upto;

	while (at < limit) {
		if (rmi_granule_range_delegate(at, limit, &upto) || upto > limit)
			return -ENXIO;
		at = upto; /* expect: no-progress */
	}

	return 0;
}
