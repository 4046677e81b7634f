/* put_table() gives the table to the RMM, it does not drop it. */
static unsigned long put_table(struct realm *r, phys_addr_t page, unsigned long ipa)
{
	return rmi_rtt_create(r->rd_phys, page, ipa, 3);
}

static int split_all(struct realm *r, unsigned long ipa, unsigned long end)
{
	for (; ipa < end; ipa += SZ_2M) {
		phys_addr_t granule = alloc_delegated(r->cache);
		unsigned long st;

		if (granule == PHYS_ADDR_MAX)
			return -ENOMEM;
		st = put_table(r, granule, ipa);
		if (st)
			continue; /* expect: leak-on-continue */
		r->tables++;
	}

	return 0;
}
