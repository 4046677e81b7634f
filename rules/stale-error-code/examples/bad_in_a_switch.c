/* In one arm of a switch, and the allocation is what failed. */
static int add_rec(struct realm *r, struct rec *rec)
{
	int status;

	status = check_rec(rec);
	if (status)
		return status;

	switch (r->state) {
	case STATE_NEW:
		if (rmi_delegate_page(rec->phys))
			goto free_rec; /* expect: stale-error-code */
		break;
	default:
		status = -EBUSY;
		goto free_rec;
	}

	rec->ready = true;
	return 0;

free_rec:
	free_page(rec->page);
	return status;
}
