/* v18..v20 rmi_rtt_destroy(): the next address is written with RMI_ERROR_RTT too, and read under that status only. The merged form; reported as error. */
static inline unsigned long rmi_rtt_destroy(phys_addr_t rd, unsigned long where, long lvl,
					    phys_addr_t *table, unsigned long *upto)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_RTT_DESTROY, rd, where, lvl, &out);

	switch (RMI_RETURN_STATUS(out.a0)) {
	case RMI_SUCCESS:
		*table = out.a1;
		fallthrough;
	case RMI_ERROR_RTT:
		*upto = out.a2;
		break;
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
			if (upto > at) {
				/* Missing RTT, skip */
				break;
			}
			return -EBUSY;
		default:
			WARN_ON(1);
			return -ENXIO;
		}
	}

	return 0;
}
