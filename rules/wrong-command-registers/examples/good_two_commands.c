#define RMI_ABI_MAJOR_VERSION	(1)
#define RMI_ABI_MINOR_VERSION	(0)

static long rmi_read_or_make(u64 realm, u64 ipa, u64 page, u64 *state)
{
	struct arm_smccc_1_2_regs io = { SMC_RMI_RTT_READ_ENTRY, realm, ipa, 3 };
	struct arm_smccc_res made;

	arm_smccc_1_2_smc(&io, &io);
	*state = io.a4;
	if (io.a0 == RMI_SUCCESS)
		return io.a0;
	arm_smccc_smc(SMC_RMI_RTT_CREATE, realm, page, ipa, 3, 0, 0, 0, &made);
	return made.a0;
}
