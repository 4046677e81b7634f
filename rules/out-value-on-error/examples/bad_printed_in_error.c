/* Known helper, read in the error branch. */
static int ask(unsigned long rd, unsigned long *val)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_FEATURES, rd, &out);
	if (out.a0)
		return -ENXIO;
	*val = out.a1;
	return 0;
}

static int show(unsigned long rd)
{
	unsigned long val;

	if (ask(rd, &val)) {
		store_last(val); /* expect: out-value-on-error */
		return -ENXIO;
	}
	return val ? 0 : -ENOENT;
}
