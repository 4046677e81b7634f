/* Inward; the guard is for an impossible order only. */
static int lend(phys_addr_t base, phys_addr_t bytes)
{
	phys_addr_t first = roundup(base, PUD_SIZE);
	phys_addr_t last = rounddown(base + bytes, PUD_SIZE);

	WARN_ON(first > last);
	if (first > last)
		return -EINVAL;
	while (first != last) {
		if (rmi_granule_delegate(first))
			return -ENXIO;
		first += PAGE_SIZE;
	}
	return 0;
}
