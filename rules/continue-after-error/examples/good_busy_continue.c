/* A bounded retry at the same address. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long upto, st;
	int tries = 5;

	while (at < limit) {
		st = rmi_granule_range_delegate(at, limit, &upto);
		if (st == RMI_BUSY && tries--) {
			cpu_relax();
			continue;
		}
		if (st || upto <= at)
			return -ENXIO;
		at = upto;
	}

	return 0;
}
