/* A helper of the file gives it back. */
static void return_table(struct realm *r, phys_addr_t pa)
{
	if (!WARN_ON(rmi_undelegate_page(pa)))
		free_page((unsigned long)phys_to_virt(pa));
}

static int split_all(struct realm *r, unsigned long ipa, unsigned long end)
{
	for (; ipa < end; ipa += SZ_2M) {
		phys_addr_t granule = alloc_delegated(r->cache);
		unsigned long st;

		if (granule == PHYS_ADDR_MAX)
			return -ENOMEM;
		st = rmi_rtt_create(r->rd_phys, granule, ipa, 3);
		if (st) {
			return_table(r, granule);
			continue;
		}
		r->tables++;
	}
	return 0;
}
