/* The same with `if` in wrapper and caller, and no preset: read under RMI_ERROR_RTT, which is where it is written. */
static inline unsigned long rmi_rtt_destroy(phys_addr_t rd, unsigned long where, long lvl,
					    phys_addr_t *table, unsigned long *upto)
{
	struct arm_smccc_res out;
	unsigned long status;

	arm_smccc_1_1_invoke(SMC_RMI_RTT_DESTROY, rd, where, lvl, &out);
	status = RMI_RETURN_STATUS(out.a0);
	if (status == RMI_SUCCESS)
		*table = out.a1;
	if (status == RMI_SUCCESS || status == RMI_ERROR_RTT)
		*upto = out.a2;

	return out.a0;
}

static int tear_down(struct realm *r, int lvl, unsigned long from, unsigned long limit)
{
	unsigned long at, upto, st;
	phys_addr_t rtt;

	for (at = from; at < limit; at = upto) {
		st = rmi_rtt_destroy(virt_to_phys(r->rd), at, lvl, &rtt, &upto);
		if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
			if (upto > at)
				continue;
			return -EBUSY;
		}
		if (st)
			return -ENXIO;
		if (upto <= at)
			return -ENXIO;
		free_rtt(rtt);
	}

	return 0;
}
