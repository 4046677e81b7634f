/* The size is set to what was given before the undo. */
static int back_block(struct realm *r, phys_addr_t pa, unsigned long bytes)
{
	phys_addr_t upto = pa;

	if (rmi_delegate_range(pa, bytes, &upto))
		goto partial;
	if (!map_block(r, pa, bytes))
		return 0;
	goto undo;
partial:
	bytes = upto - pa;
undo:
	WARN_ON(rmi_undelegate_range(pa, bytes));
	return -ENXIO;
}
