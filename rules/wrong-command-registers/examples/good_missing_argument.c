#define RMI_ABI_MAJOR_VERSION	(1)
#define RMI_ABI_MINOR_VERSION	(0)

static inline long rmi_fold(u64 realm, u64 ipa, long level, u64 *table)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_smc(SMC_RMI_RTT_FOLD, realm, ipa, level, &out);
	*table = out.a1;
	return out.a0;
}
