/* One page is given or it is not: there is no half of it. */
static int lend_page(struct rec *rec)
{
	if (rmi_delegate_range(rec->phys, PAGE_SIZE))
		goto undo;
	if (!rmi_rec_create(rec->rd, rec->phys, rec->params))
		return 0;

undo:
	WARN_ON(rmi_undelegate_range(rec->phys, PAGE_SIZE));
	return -ENXIO;
}
