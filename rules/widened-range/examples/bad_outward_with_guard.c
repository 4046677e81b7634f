/* Outward, with a test for "nothing to do" above the calls. */
static int claim(phys_addr_t start, phys_addr_t end)
{
	start = ALIGN_DOWN(start, SZ_2M); /* expect: widened-range */
	end = ALIGN(end, SZ_2M); /* expect: widened-range */

	if (start >= end)
		return 0;

	return rmi_delegate_range(start, end - start) ? -ENXIO : 0;
}
