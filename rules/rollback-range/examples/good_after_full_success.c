/* The label is shared, but only by what fails after the whole range was given. */
static int back_block(struct realm *r, unsigned long ipa, phys_addr_t pa, unsigned long bytes)
{
	if (rmi_delegate_range(pa, bytes))
		return 0; /* another CPU was faster */

	if (add_tables(r, ipa, bytes))
		goto undo;
	if (map_block(r, ipa, pa, bytes))
		goto undo;

	return 0;

undo:
	WARN_ON(rmi_undelegate_range(pa, bytes));
	return -ENXIO;
}
