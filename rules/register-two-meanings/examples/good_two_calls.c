/* The same register of two commands: a state of the one, an address of the other. */
static int walk(u64 at, u64 end)
{
	struct arm_smccc_res r;

	while (at < end) {
		arm_smccc_1_1_smc(SMC_RMI_ENTRY_STATE, at, &r);
		if (r.a1 == RMI_ENTRY_TABLE)
			return -EEXIST;
		arm_smccc_1_1_smc(SMC_RMI_ENTRY_NEXT, at, &r);
		at = r.a1;
	}
	return 0;
}
