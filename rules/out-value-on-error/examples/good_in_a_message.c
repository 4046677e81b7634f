/* The start value is what the message prints where there is no limit. */
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
	u64 limit = 0;
	int err;

	err = ask_limit(v->rd, &limit);
	if (err) {
		pr_err("no room: limit %llu\n", limit);
		return err;
	}
	v->limit = limit;
	return 0;
}
