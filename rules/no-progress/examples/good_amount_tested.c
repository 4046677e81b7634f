/* The twin of bad_amount.c: nothing done is an error. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long done;

	while (at < limit) {
		if (rmi_granule_range_delegate(at, limit, &done) || !done)
			return -ENXIO;
		at += done;
	}

	return 0;
}
