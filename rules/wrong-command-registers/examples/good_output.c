#define RMI_ABI_MAJOR_VERSION	(1)
#define RMI_ABI_MINOR_VERSION	(0)

static inline long rmi_destroy_table(u64 realm, u64 ipa, long level, u64 *table, u64 *next)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_smc(SMC_RMI_RTT_DESTROY, realm, ipa, level, &out);
	*table = out.a1;
	*next = out.a2;
	return out.a0;
}
