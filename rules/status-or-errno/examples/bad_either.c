/* 0, a status or an errno comes; only the errno is told apart. */
static long drive(struct arm_smccc_1_2_regs *regs)
{
	arm_smccc_1_2_smc(regs, regs);
	if (RMI_RESULT_STATUS(regs->a0) == RMI_INCOMPLETE)
		return -ECANCELED; /* expect: status-or-errno info */
	return regs->a0;
}

static int share(struct realm *r, unsigned long from, unsigned long to)
{
	struct arm_smccc_1_2_regs regs = { SMC_RMI_RTT_UNPROT_MAP, r->rd_pa, from, to };
	long st;

	if (from >= to)
		return -EINVAL;

	st = drive(&regs);
	if (st < 0)
		return st;
	if (st > 0)
		return st; /* expect: status-or-errno */
	r->shared += to - from;
	return 0;
}
