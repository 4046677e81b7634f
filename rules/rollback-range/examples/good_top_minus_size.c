/* The moved base is turned back to the start first. */
static int lend(phys_addr_t pa, unsigned long bytes)
{
	phys_addr_t top = pa + bytes;
	unsigned long upto;

	while (pa < top) {
		if (rmi_granule_range_delegate(pa, top, &upto) || upto <= pa) {
			rmi_undelegate_range(top - bytes, pa - (top - bytes));
			return -ENXIO;
		}
		pa = upto;
	}
	return 0;
}
