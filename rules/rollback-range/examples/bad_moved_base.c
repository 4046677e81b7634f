/* The address moved on while mapping, the size did not. */
static int map_pages(struct realm *r, unsigned long ipa, phys_addr_t pa, unsigned long bytes)
{
	unsigned long end = ipa + bytes;

	if (rmi_delegate_range(pa, bytes))
		return -ENXIO;

	while (ipa < end) {
		if (rmi_rtt_data_map(r->rd_phys, ipa, ipa + PAGE_SIZE, 0, pa))
			goto take_back;
		ipa += PAGE_SIZE;
		pa += PAGE_SIZE;
	}

	return 0;

take_back:
	if (WARN_ON(rmi_undelegate_range(pa, bytes))) /* expect: rollback-range */
		leak_range(pa, bytes);
	return -ENXIO;
}
