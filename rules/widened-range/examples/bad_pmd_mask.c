/* A ready-made mask of a size. */
int lend_block(phys_addr_t base, phys_addr_t size, phys_addr_t *got)
{
	phys_addr_t start = base & PMD_MASK;		/* expect: widened-range */

	return rmi_delegate_range(start, base + size - start, got);
}
