/* base and size move together. */
static int lend(phys_addr_t pa, unsigned long bytes)
{
	if (rmi_delegate_range(pa, bytes))
		return -ENXIO;
	while (bytes) {
		if (map_one(pa)) {
			WARN_ON(rmi_undelegate_range(pa, bytes));
			return -EIO;
		}
		pa += PAGE_SIZE;
		bytes -= PAGE_SIZE;
	}
	return 0;
}
