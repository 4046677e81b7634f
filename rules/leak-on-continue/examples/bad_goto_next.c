/* `goto next` is a continue by another name. */
static int split_all(struct realm *r, unsigned long ipa, unsigned long end)
{
	for (; ipa < end; ipa += SZ_2M) {
		phys_addr_t granule = alloc_delegated(r->cache);
		unsigned long st;

		if (granule == PHYS_ADDR_MAX)
			return -ENOMEM;
		st = rmi_rtt_create(r->rd_phys, granule, ipa, 3);
		if (st)
			goto next; /* expect: leak-on-continue */
		r->tables++;
next:
		r->turns++;
	}
	return 0;
}
