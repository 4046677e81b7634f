#define RMI_ABI_MAJOR_VERSION	(2)
#define RMI_ABI_MINOR_VERSION	(0)

static long rmi_hand_over(u64 from, u64 to, u64 *next, u64 *count)
{
	struct arm_smccc_1_2_regs io = { .a0 = SMC_RMI_GRANULE_RANGE_DELEGATE };

	io.a1 = from;
	io.a2 = to;
	io.a3 = 1;
	arm_smccc_1_2_smc(&io, &io);	/* expect: wrong-command-registers */
	*next = io.a1;
	*count = io.a4;	/* expect: wrong-command-registers */
	return io.a0;
}
