/* A helper that delegates other memory than the range that is undone. */
static int map_block(struct realm *r, unsigned long ipa, phys_addr_t pa, unsigned long bytes)
{
	phys_addr_t table = alloc_table(r);

	if (rmi_granule_delegate(table))
		return -ENXIO;
	if (rmi_rtt_create(r->rd, table, ipa, 3))
		return -ENXIO;
	return rmi_rtt_data_map(r->rd, ipa, ipa + bytes, 0, pa) ? -ENXIO : 0;
}

static int back_block(struct realm *r, unsigned long ipa, phys_addr_t pa, unsigned long bytes)
{
	if (rmi_delegate_range(pa, bytes))
		return -ENXIO;
	if (map_block(r, ipa, pa, bytes)) {
		WARN_ON(rmi_undelegate_range(pa, bytes));
		return -ENXIO;
	}
	return 0;
}
