/* Only a message reads it, and prints what lay on the stack. */
static int ask_limit(unsigned long rd, u64 *limit)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_FEATURES, rd, &out);
	if (out.a0)
		return -ENXIO;
	*limit = out.a1;
	return 0;
}

static int use_limit(struct vault *v)
{
	u64 limit;
	int err;

	err = ask_limit(v->rd, &limit);
	if (err) {
		pr_err("no room: limit %llu\n", limit); /* expect: out-value-on-error */
		return err;
	}
	v->limit = limit;
	return 0;
}
