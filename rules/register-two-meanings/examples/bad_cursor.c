/* x2 is a state, x1 is how far it goes: they were mixed up. */
static int all_plain(u64 at, u64 end)
{
	struct arm_smccc_1_2_regs r;

	while (at < end) {
		r = (struct arm_smccc_1_2_regs){ SMC_RMI_GPT_INFO, at, end };
		arm_smccc_1_2_smc(&r, &r);
		if (r.a0)
			return -EIO;
		if (r.a2 != RMI_GPT_PLAIN)
			return -ENXIO;
		at = r.a2;	/* expect: register-two-meanings */
	}
	return 0;
}
