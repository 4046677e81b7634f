/* F15 (defended on v14) with the v16+ wrapper that writes on success only: handed on whatever the status, the caller uses it under RMI_SUCCESS. Arguable: formally an uninitialised read. */
static inline unsigned long rmi_rtt_destroy(phys_addr_t rd, unsigned long where, long lvl,
					    phys_addr_t *table)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_RTT_DESTROY, rd, where, lvl, &out);
	if (RMI_RETURN_STATUS(out.a0) == RMI_SUCCESS)
		*table = out.a1;

	return out.a0;
}

static int realm_rtt_destroy(struct realm *r, unsigned long at, int lvl,
			     phys_addr_t *page)
{
	phys_addr_t table;
	int st;

	st = rmi_rtt_destroy(virt_to_phys(r->rd), at, lvl, &table);
	*page = table;

	return st;
}

int drop_table(struct realm *r, unsigned long at)
{
	phys_addr_t rtt;
	int st = realm_rtt_destroy(r, at, 3, &rtt);

	if (RMI_RETURN_STATUS(st) == RMI_SUCCESS)
		free_rtt(rtt);

	return st ? -ENXIO : 0;
}
