/* The twin. */
static int give_table(phys_addr_t base, unsigned long bytes)
{
	unsigned long at = 0;

	do {
		if (rmi_granule_delegate(base + at))
			goto take_back;
		at += RMM_PAGE_SIZE;
	} while (at < bytes);

	return 0;

take_back:
	for (; at > 0; at -= RMM_PAGE_SIZE)
		WARN_ON(rmi_granule_undelegate(base + at - RMM_PAGE_SIZE));

	return -ENXIO;
}
