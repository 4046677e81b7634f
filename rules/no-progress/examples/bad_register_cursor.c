/* The cursor comes straight out of a register of the call. */
static int verify_span(phys_addr_t lo, phys_addr_t hi)
{
	struct arm_smccc_1_2_regs args;

	do {
		args = (struct arm_smccc_1_2_regs) { SMC_RMI_GRANULE_TRACKING_GET, lo, hi };
		arm_smccc_1_2_invoke(&args, &args);
		if (args.a0 || args.a1 != RMI_MEM_CATEGORY_CONVENTIONAL)
			return -ENODEV;
		lo = args.a3; /* expect: no-progress */
	} while (lo < hi);

	return 0;
}
