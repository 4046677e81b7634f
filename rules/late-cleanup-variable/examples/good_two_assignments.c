/* Set here or there. */
static int make(struct realm *r, bool big)
{
	struct ticket *t __free(ticket) = NULL;

	if (big)
		t = rmi_ticket_big(r->rd_phys);
	else
		t = rmi_ticket_new(r->rd_phys);
	return t ? rmi_ticket_run(t) : -ENOMEM;
}
