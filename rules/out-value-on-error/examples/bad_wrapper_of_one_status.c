/* The wrapper writes for one status, the caller reads for another. */
static inline unsigned long rmi_drop_table(unsigned long rd, unsigned long ipa, int lvl,
					   unsigned long *page, unsigned long *upto)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_RTT_DESTROY, rd, ipa, lvl, &out);
	switch (RMI_RETURN_STATUS(out.a0)) {
	case RMI_SUCCESS:
		*page = out.a1;
		*upto = out.a2;
		break;
	default:
		break;
	}

	return out.a0;
}

static unsigned long next_table(unsigned long rd, unsigned long ipa, int lvl)
{
	unsigned long page, upto, st;

	st = rmi_drop_table(rd, ipa, lvl, &page, &upto);
	if (st == RMI_SUCCESS)
		give_back(page);
	else if (RMI_RETURN_STATUS(st) != RMI_ERROR_RTT)
		return 0;

	return upto; /* expect: out-value-on-error */
}
