/* The undo stands in the failing branch itself. */
static int back_block(phys_addr_t pa, unsigned long bytes)
{
	if (rmi_delegate_range(pa, bytes)) {
		rmi_undelegate_range(pa, bytes); /* expect: rollback-range */
		return -ENXIO;
	}

	return 0;
}
