/* The result goes through a variable. */
static int back_block(struct realm *r, unsigned long ipa, phys_addr_t pa, unsigned long bytes)
{
	int rc;

	rc = rmi_delegate_range(pa, bytes);
	if (rc)
		goto undo;
	rc = map_block(r, ipa, pa, bytes);
	if (!rc)
		return 0;
undo:
	WARN_ON(rmi_undelegate_range(pa, bytes)); /* expect: rollback-range */
	return rc;
}
