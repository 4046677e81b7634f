/* The errno goes first, and a status is asked for what it may be. */
static int prepare(struct realm *r)
{
	r->page = (void *)get_zeroed_page(GFP_KERNEL);
	return r->page ? 0 : -ENOMEM;
}

/*
 * Returns 0, a positive RMI status, or a negative errno of the host.
 */
static long activate(struct realm *r)
{
	int err = prepare(r);

	if (err)
		return err;
	return rmi_realm_activate(r->rd_pa);
}

static int make(struct realm *r)
{
	long st = activate(r);

	if (st < 0)
		return st;
	if (RMI_RETURN_STATUS(st) == RMI_ERROR_REALM)
		return -EBUSY;

	st = rmi_realm_create(r->rd_pa, r->params_pa);
	if (st)
		return -ENXIO;

	r->state = STATE_NEW;
	return 0;
}
