/* A range that was given in part cannot be taken back whole. */
static int back_block(struct realm *r, unsigned long ipa, phys_addr_t pa, unsigned long bytes)
{
	if (rmi_delegate_range(pa, bytes))
		goto undo;

	if (!map_block(r, ipa, pa, bytes))
		return 0;

undo:
	WARN_ON(rmi_undelegate_range(pa, bytes)); /* expect: rollback-range */
	return -ENXIO;
}
