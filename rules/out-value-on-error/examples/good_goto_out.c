/* Errors leave by goto. */
static int ask(unsigned long rd, unsigned long *val)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_FEATURES, rd, &out);
	if (out.a0)
		return -ENXIO;
	*val = out.a1;
	return 0;
}

static int use(struct realm *r)
{
	unsigned long a;
	int err;

	mutex_lock(&r->lock);
	err = ask(r->rd, &a);
	if (err < 0)
		goto out;
	r->a = a;
out:
	mutex_unlock(&r->lock);
	return err;
}
