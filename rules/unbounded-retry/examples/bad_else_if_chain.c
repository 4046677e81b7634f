/* Everything but the transient answers leaves; those go round again at once. */
static int give_back_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long upto;
	unsigned long st = 0;

	while (at < limit) {
		st = rmi_granule_range_undelegate(at, limit, &upto);
		if (!st && upto > at)
			at = upto;
		else if (!st)
			return -ENXIO;
		else if (st != RMI_BUSY && st != RMI_BLOCKED) /* expect: unbounded-retry */
			return -ENXIO;
	}

	return 0;
}
