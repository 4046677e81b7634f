/* Only the upper end, from a memblock walk by frame number, kept in a struct. */
static int claim_banks(struct bank *bank, unsigned int node)
{
	unsigned long start_pfn, end_pfn, done;
	int i;

	for_each_mem_pfn_range(i, node, &start_pfn, &end_pfn, NULL) {
		phys_addr_t from = PFN_PHYS(start_pfn);

		bank->limit = PFN_PHYS(end_pfn);
		bank->limit = ALIGN(bank->limit, SZ_1G); /* expect: widened-range */
		while (from < bank->limit) {
			if (rmi_granule_range_delegate(from, bank->limit, &done))
				return -ENODEV;
			if (done <= from)
				return -ENXIO;
			from = done;
		}
	}

	return 0;
}
