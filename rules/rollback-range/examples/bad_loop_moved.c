/* In a loop the base was moved, the undo starts there and goes the whole length. */
static int lend(phys_addr_t pa, phys_addr_t top, unsigned long bytes)
{
	unsigned long upto, st;

	do {
		st = rmi_granule_range_delegate(pa, top, &upto);
		if (st || upto <= pa)
			break;
		pa = upto;
	} while (pa < top);

	if (pa < top) {
		rmi_undelegate_range(pa, bytes); /* expect: rollback-range */
		return -ENXIO;
	}
	return 0;
}
