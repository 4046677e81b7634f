/* A failed try that is no failure of the function. */
static int forget(struct realm *r)
{
	int rc = 0;

	if (WARN_ON(rmi_undelegate_page(r->page_phys)))
		r->page = NULL;
	free_page((unsigned long)r->page);

	return rc;
}
