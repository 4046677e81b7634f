/* A helper that reports and hands on. */
static int stop(struct realm *r)
{
	int err = rmi_realm_terminate(r->rd_phys);

	WARN_ON(err);
	if (!err)
		r->state = STATE_DYING;

	return err;
}
