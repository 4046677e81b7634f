/* The wrapper's caller gets 1, which reads as RMI_ERROR_INPUT. */
static inline unsigned long rmi_make_gpt(unsigned long pa)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_GPT_L1_CREATE, pa, &out);
	if (RMI_RETURN_STATUS(out.a0) == RMI_INCOMPLETE)
		return WARN_ON_ONCE(out.a0); /* expect: warn-as-status */

	return out.a0;
}
