/* The failing call is the condition. */
static int split_all(struct realm *r, unsigned long ipa, unsigned long end)
{
	for (; ipa < end; ipa += SZ_2M) {
		phys_addr_t granule = alloc_delegated(r->cache);

		if (granule == PHYS_ADDR_MAX)
			return -ENOMEM;
		if (rmi_rtt_create(r->rd_phys, granule, ipa, 3))
			continue; /* expect: leak-on-continue */
		r->tables++;
	}
	return 0;
}
