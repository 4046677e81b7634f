/* Only busy answers are counted, not those that do nothing. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long st, upto;
	int busy = 0;

	while (at < limit && busy < BUSY_LIMIT) {
		st = rmi_granule_range_delegate(at, limit, &upto);
		if (st == RMI_BUSY)
			busy++;
		else if (st)
			return -ENXIO;
		else
			at = upto; /* expect: no-progress */
	}

	return at < limit ? -EBUSY : 0;
}
