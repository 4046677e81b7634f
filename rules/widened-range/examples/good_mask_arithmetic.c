/* The twin: rounded inward, and what becomes empty is skipped. */
static int lend_carveout(phys_addr_t first, phys_addr_t limit)
{
	phys_addr_t pa = (first + SZ_2M - 1) & ~(SZ_2M - 1);
	phys_addr_t stop = limit & ~(SZ_2M - 1);

	for (; pa < stop; pa += PAGE_SIZE) {
		if (rmi_granule_delegate(pa))
			return -ENXIO;
	}

	return 0;
}
