/* The size is what the rounded end makes of it. */
int lend_sections(phys_addr_t base, phys_addr_t size, phys_addr_t *got)
{
	size = ALIGN(base + size, PMD_SIZE) - base;	/* expect: widened-range */

	return rmi_delegate_range(base, size, got);
}
