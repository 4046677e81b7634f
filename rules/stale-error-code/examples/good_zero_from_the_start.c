/* The twin. */
static int add_rec(struct realm *r, struct rec *rec)
{
	int status = 0;

	rec->page = get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!rec->page)
		return -ENOMEM;

	switch (r->state) {
	case STATE_NEW:
		status = rmi_delegate_page(__pa(rec->page)) ? -ENXIO : 0;
		if (status)
			goto free_rec;
		break;
	default:
		status = -EBUSY;
		goto free_rec;
	}

	return status;

free_rec:
	free_page(rec->page);
	return status;
}
