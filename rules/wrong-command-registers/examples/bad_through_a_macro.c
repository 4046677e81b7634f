#define RMI_ABI_MAJOR_VERSION	(1)
#define RMI_ABI_MINOR_VERSION	(0)

#define rmi_go(...)	do { arm_smccc_1_1_invoke(__VA_ARGS__); } while (rmi_is_busy(out.a0))

static long rmi_stop(u64 realm, u64 rec)
{
	struct arm_smccc_res out;

	rmi_go(SMC_RMI_REC_DESTROY, realm, rec, &out);	/* expect: wrong-command-registers */
	return out.a0;
}
