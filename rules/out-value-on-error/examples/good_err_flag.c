/* Tested through a negated flag. */
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
	unsigned long val;
	bool good;

	good = !ask(rd, &val);

	return good ? val : 0;
}
