/* Who wrote the WARN knows of it: said, but no more than that. */
#define RMI_ABI_MAJOR_VERSION 0x2

static unsigned long take_range(u64 from, u64 to)
{
	struct arm_smccc_res answer;

	arm_smccc_1_1_smc(SMC_RMI_GRANULE_RANGE_UNDELEGATE, from, to, &answer);
	if (RMI_RETURN_STATUS(answer.a0) == RMI_INCOMPLETE) {
		WARN_ON_ONCE(1);
		return answer.a0;	/* expect: incomplete-not-driven info */
	}
	return answer.a0;
}
