static unsigned long ping(unsigned long rd)
{
	struct arm_smccc_1_2_regs in, out; /* expect: partial-registers */

	in.a0 = SMC_RMI_PING;
	in.a1 = rd;
	arm_smccc_1_2_smc(&in, &out);
	return out.a0;
}
