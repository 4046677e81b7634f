/* Read behind && of the call. */
static int ask(unsigned long rd, unsigned long *val)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_FEATURES, rd, &out);
	if (out.a0)
		return -ENXIO;
	*val = out.a1;
	return 0;
}

static bool has_it(unsigned long rd)
{
	unsigned long val;

	return !ask(rd, &val) && (val & 1);
}

static bool has_not(unsigned long rd)
{
	unsigned long val;
	int err = ask(rd, &val);

	if (!err && val)
		return false;
	if (err || !val)
		return true;
	return val == 2;
}
