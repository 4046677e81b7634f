static void rmi_smc_call(struct arm_smccc_1_2_regs *in, struct arm_smccc_1_2_regs *out)
{
	arm_smccc_1_2_invoke(in, out);
}

static unsigned long give(unsigned long handle, phys_addr_t list, unsigned long n)
{
	struct arm_smccc_1_2_regs args; /* expect: partial-registers */
	struct arm_smccc_1_2_regs out;

	args.a0 = SMC_RMI_GIVE;
	args.a1 = handle;
	if (n) {
		args.a2 = list;
		args.a3 = n;
	}
	rmi_smc_call(&args, &out);
	return out.a0;
}
