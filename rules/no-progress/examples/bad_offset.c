/* The loop counts what is done, the RMM is asked for what lies behind it. */
static int give_all(phys_addr_t start, unsigned long size)
{
	unsigned long done = 0, n;

	while (done < size) {
		if (rmi_granule_range_delegate(start + done, start + size, &n))
			return -ENXIO;
		done += n; /* expect: no-progress */
	}

	return 0;
}
