/* The same rounding spelt with masks, and a 1.0 call a granule. */
static int lend_carveout(phys_addr_t first, phys_addr_t limit)
{
	phys_addr_t pa = first & ~(SZ_2M - 1); /* expect: widened-range */
	phys_addr_t stop = (limit + SZ_2M - 1) & ~(SZ_2M - 1); /* expect: widened-range */

	do {
		if (rmi_granule_delegate(pa))
			return -ENXIO;
		pa += PAGE_SIZE;
	} while (pa < stop);

	return 0;
}
