static unsigned long give(unsigned long handle, phys_addr_t list)
{
	struct arm_smccc_1_2_regs args;
	struct arm_smccc_1_2_regs out;

	memset(&args, 0, sizeof(args));
	args.a0 = SMC_RMI_GIVE;
	args.a1 = handle;
	args.a2 = list;
	arm_smccc_1_2_invoke(&args, &out);
	return out.a0;
}
