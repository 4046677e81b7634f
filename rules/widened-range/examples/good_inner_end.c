/* Inward, tests the other way round, and a number of blocks. */
static int lend(phys_addr_t base, phys_addr_t bytes)
{
	phys_addr_t end = round_down(base + bytes, SZ_2M);
	phys_addr_t start = round_up(base, SZ_2M);
	unsigned long done;

	if (end <= start)
		return 0;
	if (rmi_granule_range_delegate(start, end, &done))
		return -ENXIO;
	return done == end ? 0 : -ENXIO;
}
