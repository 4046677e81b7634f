/* The twin: the base is kept. */
static int map_pages(struct realm *r, unsigned long ipa, phys_addr_t base, unsigned long bytes)
{
	unsigned long end = ipa + bytes;
	phys_addr_t pa = base;

	if (rmi_delegate_range(base, bytes))
		return -ENXIO;

	while (ipa < end) {
		if (rmi_rtt_data_map(r->rd_phys, ipa, ipa + PAGE_SIZE, 0, pa))
			goto take_back;
		ipa += PAGE_SIZE;
		pa += PAGE_SIZE;
	}

	return 0;

take_back:
	unmap_span(r, end - bytes, ipa);
	if (WARN_ON(rmi_undelegate_range(base, bytes)))
		leak_range(base, bytes);
	return -ENXIO;
}
