/* An errno is none of the statuses that are asked for: it goes back as it came. */
static long drive(struct arm_smccc_1_2_regs *r)
{
	if (!is_rmm_there())
		return -ENODEV;
	arm_smccc_1_2_smc(r, r);
	return finished(r);
}

static long drop_table(struct realm *m, unsigned long at, u64 *table, u64 *behind)
{
	struct arm_smccc_1_2_regs r = { SMC_RMI_RTT_DESTROY, m->rd_pa, at, 2 };
	long st = drive(&r);

	switch (RMI_RESULT_STATUS(st)) {
	case RMI_SUCCESS:
		*table = r.a1;
		fallthrough;
	case RMI_ERROR_RTT:
		*behind = r.a2;
		break;
	}
	return st;
}

static long fold_table(struct realm *m, unsigned long at, u64 *table)
{
	struct arm_smccc_1_2_regs r = { SMC_RMI_RTT_FOLD, m->rd_pa, at, 2 };
	long st = drive(&r);

	if (RMI_RESULT_STATUS(st) == RMI_SUCCESS)
		*table = r.a1;
	return st;
}
