/* base and size: the size is widened. */
static int lend_window(phys_addr_t base, phys_addr_t bytes)
{
	bytes = round_up(bytes, SZ_2M); /* expect: widened-range */

	return rmi_delegate_range(base, bytes) ? -ENXIO : 0;
}
