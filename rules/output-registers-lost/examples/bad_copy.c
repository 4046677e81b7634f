/* A copy of the caller's block is worked on. */
static long rmi_call(struct arm_smccc_1_2_regs *args)
{
	struct arm_smccc_1_2_regs copy = *args;
	unsigned long st;

	arm_smccc_1_2_smc(args, &copy);
	st = RMI_RETURN_STATUS(copy.a0);
	return st;	/* expect: output-registers-lost */
}
