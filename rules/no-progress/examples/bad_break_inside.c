/* The loop's end is a test in the body. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long upto;

	for (;;) {
		if (at >= limit)
			break;
		if (rmi_granule_range_delegate(at, limit, &upto))
			return -ENXIO;
		at = upto; /* expect: no-progress */
	}

	return 0;
}
