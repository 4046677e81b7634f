/* The register has a name, and the loop is a for. */
static bool is_fine(u64 from, u64 to)
{
	struct arm_smccc_res r;
	u64 state, next;

	for (; from < to; from = next) { /* expect: register-two-meanings */
		arm_smccc_1_1_smc(SMC_RMI_TRACKING_GET, from, &r);
		state = r.a1;
		if (state == RMI_TRACKING_COARSE_ONLY)
			return false;
		next = state;
	}
	return true;
}
