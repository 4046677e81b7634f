/* The 2.0 command itself, base and top. */
static int lend(phys_addr_t pa, phys_addr_t top)
{
	unsigned long upto;

	if (rmi_granule_range_delegate(pa, top, &upto)) {
		rmi_granule_range_undelegate(pa, top, &upto); /* expect: rollback-range */
		return -ENXIO;
	}
	return 0;
}
