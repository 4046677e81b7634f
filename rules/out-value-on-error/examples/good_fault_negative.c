/* The upstream convention: negative errno first, then the RMI status. */
static long ask(unsigned long rd, unsigned long *val)
{
	struct arm_smccc_res out;

	if (!rd)
		return -ENODEV;
	arm_smccc_1_1_invoke(SMC_RMI_FEATURES, rd, &out);
	if (out.a0 == RMI_SUCCESS)
		*val = out.a1;
	return out.a0;
}

static int use(struct realm *r)
{
	unsigned long val;
	long st = ask(r->rd, &val);

	if (st < 0)
		return st;
	if (st > 0)
		return -ENXIO;
	r->features = val;
	return 0;
}
