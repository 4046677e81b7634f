/* The errno of a helper is taken apart; a status is asked for a negative value. */
static unsigned long new_realm(unsigned long at, unsigned long how)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_invoke(SMC_RMI_REALM_CREATE, at, how, &res);
	return res.a0;
}

static int prepare(struct realm *r)
{
	r->page = (void *)get_zeroed_page(GFP_KERNEL);
	return r->page ? 0 : -ENOMEM;
}

static int make(struct realm *r)
{
	int err = prepare(r);
	unsigned long st;

	if (RMI_RETURN_STATUS(err) == RMI_ERROR_INPUT) /* expect: status-or-errno */
		return -EINVAL;

	st = new_realm(r->rd_pa, r->params_pa);
	if (st < 0) /* expect: status-or-errno */
		return -ENXIO;

	r->state = STATE_NEW;
	return 0;
}

static unsigned long run(struct realm *r)
{
	int err = prepare(r);

	if (err)
		return err; /* expect: status-or-errno info */
	return rmi_realm_activate(r->rd_pa);
}

static unsigned long begin(struct realm *r)
{
	return RMI_RETURN_STATUS(prepare(r)); /* expect: status-or-errno */
}
