/* The helper takes back what it gave; the caller takes it back again. */
static int lend(phys_addr_t pa, unsigned long bytes)
{
	phys_addr_t at;

	for (at = pa; at < pa + bytes; at += PAGE_SIZE) {
		if (rmi_granule_delegate(at)) {
			rmi_undelegate_range(pa, at - pa);
			return -ENXIO;
		}
	}
	return 0;
}

static int back_block(phys_addr_t pa, unsigned long bytes)
{
	if (lend(pa, bytes)) {
		WARN_ON(rmi_undelegate_range(pa, bytes)); /* expect: rollback-range */
		return -ENXIO;
	}
	return 0;
}
