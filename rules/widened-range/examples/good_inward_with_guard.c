/* The very fix that is recommended, with its test for "nothing left". */
static int claim(phys_addr_t base, phys_addr_t size)
{
	phys_addr_t start = ALIGN(base, SZ_2M);
	phys_addr_t end = ALIGN_DOWN(base + size, SZ_2M);

	if (start >= end)
		return 0;

	return rmi_delegate_range(start, end - start) ? -ENXIO : 0;
}
