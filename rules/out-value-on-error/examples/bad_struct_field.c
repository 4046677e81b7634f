/* The out-value is a field of a local struct. */
static int ask(unsigned long rd, unsigned long *val)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_FEATURES, rd, &out);
	if (out.a0)
		return -ENXIO;
	*val = out.a1;
	return 0;
}

static unsigned long value(unsigned long rd)
{
	struct answer ans;
	int err;

	err = ask(rd, &ans.val);
	if (err)
		pr_debug("no answer\n");

	return ans.val; /* expect: out-value-on-error */
}
