/* The twin. */
static int add_rec(struct realm *r, struct rec *rec)
{
	int status;

	status = check_rec(rec);
	if (status)
		return status;

	switch (r->state) {
	case STATE_NEW:
		status = rmi_delegate_page(rec->phys) ? -ENXIO : 0;
		if (status)
			goto free_rec;
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
