/* Rounded to the block for the descriptor, clamped to the region before use. */
static int lend(phys_addr_t at, phys_addr_t region_start, phys_addr_t region_end)
{
	phys_addr_t lo = ALIGN_DOWN(at, PMD_SIZE);
	phys_addr_t hi = lo + PMD_SIZE;

	lo = max(lo, region_start);
	hi = min(hi, region_end);

	return rmi_delegate_range(lo, hi - lo);
}
