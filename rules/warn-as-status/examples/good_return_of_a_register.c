/* The twin: the splat, and the status. */
static inline unsigned long rmi_make_gpt(unsigned long pa)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_GPT_L1_CREATE, pa, &out);
	WARN_ON_ONCE(RMI_RETURN_STATUS(out.a0) == RMI_INCOMPLETE);

	return out.a0;
}
