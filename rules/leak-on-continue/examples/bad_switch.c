/* A switch, a helper of the file, a for loop. */
static unsigned long link_table(struct realm *r, phys_addr_t page, unsigned long ipa)
{
	return rmi_rtt_create(r->rd_phys, page, ipa, 3);
}

static int split_all(struct realm *r, unsigned long ipa, unsigned long end)
{
	for (; ipa < end; ipa += SZ_2M) {
		phys_addr_t granule;
		unsigned long st;

		granule = alloc_delegated(r->cache);
		if (granule == PHYS_ADDR_MAX)
			return -ENOMEM;

		st = link_table(r, granule, ipa);
		switch (RMI_RETURN_STATUS(st)) {
		case RMI_SUCCESS:
			r->tables++;
			break;
		case RMI_ERROR_RTT:
			continue; /* expect: leak-on-continue */
		default:
			free_delegated(granule);
			return -ENXIO;
		}
	}

	return 0;
}
