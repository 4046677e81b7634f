/* Control (found today): the v16 wrapper that writes on success only must stay reported when the good_written_* cases become silent. */
static inline unsigned long rmi_rtt_destroy(phys_addr_t rd, unsigned long where, long lvl,
					    phys_addr_t *table, unsigned long *upto)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_RTT_DESTROY, rd, where, lvl, &out);

	if (RMI_RETURN_STATUS(out.a0) == RMI_SUCCESS) {
		*table = out.a1;
		*upto = out.a2;
	}

	return out.a0;
}

static int tear_down(struct realm *r, int lvl, unsigned long from, unsigned long limit)
{
	unsigned long at, upto, st;
	phys_addr_t rtt;

	for (at = from; at < limit; at = upto) {
		upto = ALIGN(at + 1, SZ_2M);

		st = rmi_rtt_destroy(virt_to_phys(r->rd), at, lvl, &rtt, &upto);
		switch (RMI_RETURN_STATUS(st)) {
		case RMI_SUCCESS:
			free_rtt(rtt);
			break;
		case RMI_ERROR_RTT:
			if (upto > at)	/* expect: out-value-on-error */
				break;
			return -EBUSY;
		default:
			return -ENXIO;
		}
	}

	return 0;
}
