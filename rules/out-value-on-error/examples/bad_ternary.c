/* The helper gives the errno by a ternary. */
static int ask(unsigned long rd, unsigned long *val)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_FEATURES, rd, &out);
	if (out.a0 == RMI_SUCCESS)
		*val = out.a1;
	return out.a0 ? -ENXIO : 0;
}

static unsigned long value(unsigned long rd)
{
	unsigned long val;

	ask(rd, &val);

	return val; /* expect: out-value-on-error */
}
