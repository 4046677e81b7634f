/* `&=` rounds down as well. */
static int lend_window(phys_addr_t base, phys_addr_t limit)
{
	unsigned long done;

	base &= ~(SZ_2M - 1); /* expect: widened-range */
	while (base < limit) {
		if (rmi_granule_range_delegate(base, limit, &done) || done <= base)
			return -ENXIO;
		base = done;
	}

	return 0;
}
