/* Success is kept in one variable over two calls. */
static int ask(unsigned long rd, unsigned long *val)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_FEATURES, rd, &out);
	if (out.a0)
		return -ENXIO;
	*val = out.a1;
	return 0;
}

static int both(unsigned long rd, unsigned long *sum)
{
	unsigned long a, b;
	int err;

	err = ask(rd, &a);
	if (!err)
		err = ask(rd + 1, &b);
	if (err)
		return err;
	*sum = a + b;
	return 0;
}
