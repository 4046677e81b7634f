/* The twin; and private memory, which one vCPU alone has delegated. */
static int map_shared(struct realm *r, unsigned long ipa, unsigned long desc)
{
	unsigned long st;

	st = rmi_rtt_map_unprotected(r->rd_pa, ipa, 3, desc);
	if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
		if (add_tables(r, ipa, RMI_RETURN_INDEX(st)))
			return -ENOMEM;
		st = rmi_rtt_map_unprotected(r->rd_pa, ipa, 3, desc);
	}
	if (WARN_ON(st && RMI_RETURN_STATUS(st) != RMI_ERROR_RTT))
		return -ENXIO;

	return 0;
}

static int map_private(struct realm *r, unsigned long ipa, phys_addr_t pa)
{
	unsigned long st;

	if (rmi_granule_delegate(pa))
		return 0;

	st = rmi_data_create_unknown(r->rd_pa, pa, ipa);
	if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
		if (add_tables(r, ipa, RMI_RETURN_INDEX(st)))
			return -ENOMEM;
		st = rmi_data_create_unknown(r->rd_pa, pa, ipa);
	}
	if (WARN_ON(st))
		return -ENXIO;

	return 0;
}
