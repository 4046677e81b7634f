/* What callers need is handed out. */
static long rmi_call(struct arm_smccc_1_2_regs *args, u64 *first)
{
	struct arm_smccc_1_2_regs copy = *args;

	arm_smccc_1_2_smc(args, &copy);
	if (first)
		*first = copy.a1;
	return RMI_RETURN_STATUS(copy.a0);
}
