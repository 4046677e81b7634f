/* The twin. */
static int map_block(struct realm *r, phys_addr_t pa, unsigned long ipa, unsigned long size)
{
	if (realm_delegate_range(pa, size)) {
		realm_undelegate_range(pa, size);
		return 0;
	}
	return rmi_rtt_data_map(r->rd_pa, ipa, pa) ? -ENXIO : 0;
}
