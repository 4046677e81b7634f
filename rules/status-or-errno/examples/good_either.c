/* The twin: what is positive becomes an errno on the way out. */
static long drive(struct arm_smccc_1_2_regs *regs)
{
	arm_smccc_1_2_smc(regs, regs);
	if (RMI_RESULT_STATUS(regs->a0) == RMI_INCOMPLETE)
		regs->a0 = RMI_ERROR_INPUT;
	return regs->a0;
}

static int share(struct realm *r, unsigned long from, unsigned long to)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_UNPROT_MAP, r->rd_pa, from, to };
	long st;

	if (from >= to)
		return -EINVAL;

	st = drive(&regs);
	if (st)
		return -ENXIO;
	r->shared += to - from;
	return 0;
}
