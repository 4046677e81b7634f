/* In one arm of a conditional. */
static unsigned long make_gpt(unsigned long pa)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_GPT_L1_CREATE, pa, &out);

	return out.a0 == RMI_INCOMPLETE ? WARN_ON(out.a0) : out.a0; /* expect: warn-as-status */
}
