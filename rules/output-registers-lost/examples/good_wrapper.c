/* One command with no outputs: nothing of the caller's comes back. */
static inline int rmi_realm_stop(u64 rd)
{
	struct arm_smccc_res r;

	arm_smccc_1_1_smc(SMC_RMI_REALM_TERMINATE, rd, &r);
	return r.a0;
}
