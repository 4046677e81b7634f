/* The goto jumps over the place where it should be declared. */
static int make(struct realm *r)
{
	struct ticket *t __free(ticket) = NULL; /* expect: late-cleanup-variable */
	int err = -ENOMEM;

	if (!r->params)
		goto out;
	t = rmi_ticket_new(r->rd_phys);
	if (t)
		err = rmi_ticket_run(t);
out:
	r->err = err;
	return err;
}
