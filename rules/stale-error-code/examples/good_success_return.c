/* The last return is the way of success, behind tests that all passed. */
static int lend_two(struct realm *r)
{
	int rc = 0;

	if (rmi_delegate_page(r->a))
		return -ENXIO;
	if (rmi_delegate_page(r->b)) {
		WARN_ON(rmi_undelegate_page(r->a));
		return -ENXIO;
	}

	return rc;
}
