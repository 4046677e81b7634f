/* Two named sizes that are equal on one configuration only. */
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
	for (; at > 0; at -= PAGE_SIZE) /* expect: unwind-mismatch warning */
		WARN_ON(rmi_granule_undelegate(base + at - PAGE_SIZE));

	return -ENXIO;
}
