/* The twin: how far the call got is known, and that much comes back. */
static int back_block(struct realm *r, unsigned long ipa, phys_addr_t pa, unsigned long bytes)
{
	phys_addr_t upto = pa;

	if (rmi_delegate_range(pa, bytes, &upto))
		goto undo;

	if (!map_block(r, ipa, pa, bytes))
		return 0;

undo:
	WARN_ON(rmi_undelegate_range(pa, upto - pa));
	return -ENXIO;
}
