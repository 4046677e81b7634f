static unsigned long ping(unsigned long rd)
{
	struct arm_smccc_1_2_regs in = { SMC_RMI_PING, rd }, out;

	arm_smccc_1_2_smc(&in, &out);
	return out.a0;
}
