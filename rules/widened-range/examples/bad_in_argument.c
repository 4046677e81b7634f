/* Rounded in the arguments themselves. */
static int lend_window(phys_addr_t base, phys_addr_t limit)
{
	unsigned long done;

	if (rmi_granule_range_delegate(ALIGN_DOWN(base, SZ_2M), /* expect: widened-range */
				       ALIGN(limit, SZ_2M), /* expect: widened-range */
				       &done))
		return -ENXIO;

	return 0;
}
