/* Its new line is too long for one. */
static int run_ticket(struct realm *r, unsigned long page)
{
	struct rmi_ticket *ticket __free(ticket) = NULL; /* expect: late-cleanup-variable */

	if (!r->rd_phys)
		return -EINVAL;
	ticket = rmi_ticket_for_page(r->rd_phys, page);
	return ticket ? rmi_ticket_run(ticket) : -ENOMEM;
}
