/* The RMM says how much it did: nothing is possible. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long done;

	while (at < limit) {
		if (rmi_granule_range_delegate(at, limit, &done))
			return -ENXIO;
		at += done; /* expect: no-progress */
	}

	return 0;
}
