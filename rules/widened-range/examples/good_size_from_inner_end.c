/* The size goes to the last boundary inside the range. */
int lend_sections(phys_addr_t base, phys_addr_t size, phys_addr_t *got)
{
	size = ALIGN_DOWN(base + size, PMD_SIZE) - base;

	return rmi_delegate_range(base, size, got);
}
