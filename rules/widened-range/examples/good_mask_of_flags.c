/* A mask that cuts the address out of a descriptor, and one that asks for the offset. */
int lend_entry(phys_addr_t base, phys_addr_t *got)
{
	phys_addr_t start = base & RMI_ADDR_MASK;

	if (base & ~PMD_MASK)
		return -EINVAL;

	return rmi_delegate_range(start, PMD_SIZE, got);
}
