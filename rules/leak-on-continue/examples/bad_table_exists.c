/* Another CPU was faster; the table this turn allocated is forgotten. */
static int grow(struct realm *r, unsigned long ipa, int lvl, int last)
{
	while (lvl++ < last) {
		phys_addr_t page = alloc_table_page(r);
		unsigned long st;

		if (page == PHYS_ADDR_MAX)
			return -ENOMEM;

		st = rmi_rtt_create(r->rd_phys, page, ipa, lvl);
		if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT && RMI_RETURN_INDEX(st) == lvl - 1)
			continue; /* expect: leak-on-continue */
		if (st) {
			free_table_page(r, page);
			return -ENXIO;
		}
	}

	return 0;
}
