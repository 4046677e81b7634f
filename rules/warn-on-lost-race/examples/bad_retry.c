/* Shared memory: every vCPU may map it. */
static int map_shared(struct realm *r, unsigned long ipa, unsigned long desc)
{
	unsigned long st;

	st = rmi_rtt_map_unprotected(r->rd_pa, ipa, 3, desc);
	if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
		if (add_tables(r, ipa, RMI_RETURN_INDEX(st)))
			return -ENOMEM;
		st = rmi_rtt_map_unprotected(r->rd_pa, ipa, 3, desc);
	}
	if (WARN_ON(st)) /* expect: warn-on-lost-race */
		return -ENXIO;

	return 0;
}
