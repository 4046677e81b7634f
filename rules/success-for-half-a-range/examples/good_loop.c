/* It goes on; it fails; and a single granule. */
static int map_all(struct realm *r, phys_addr_t pa, unsigned long ipa, unsigned long end)
{
	for (; ipa < end; ipa += SZ_4K, pa += SZ_4K) {
		if (rmi_granule_delegate(pa))
			continue;
		if (rmi_data_create_unknown(r->rd_pa, pa, ipa))
			return -ENXIO;
	}
	return 0;
}

static int map_page(struct realm *r, phys_addr_t pa, unsigned long ipa)
{
	if (rmi_granule_delegate(pa))
		return 0;
	return rmi_data_create_unknown(r->rd_pa, pa, ipa) ? -ENXIO : 0;
}

static int map_block(struct realm *r, phys_addr_t pa, unsigned long ipa, unsigned long size)
{
	if (realm_delegate_range(pa, size))
		return -EAGAIN;
	return rmi_rtt_data_map(r->rd_pa, ipa, pa) ? -ENXIO : 0;
}
