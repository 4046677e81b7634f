/* Size 0: the head of the loop keeps it away from the RMM (withdrawn on v14). */
static int give_back_all(phys_addr_t at, unsigned long bytes)
{
	phys_addr_t limit = at + bytes;

	while (at < limit) {
		if (rmi_granule_undelegate(at))
			return -ENXIO;
		at += PAGE_SIZE;
	}

	return 0;
}
