/* RMM 1.0 knows no operations that are left incomplete. */
#define RMI_ABI_MAJOR_VERSION 0x1

static inline int make_rec(u64 rd, u64 rec, u64 params)
{
	struct arm_smccc_res r;

	arm_smccc_1_1_smc(SMC_RMI_REC_CREATE, rd, rec, params, &r);
	return r.a0;
}
