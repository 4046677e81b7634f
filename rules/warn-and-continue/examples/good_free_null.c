/* A cleared field after the WARN. */
static void drop(struct realm *r)
{
	unsigned long st;

	st = rmi_undelegate_page(r->page_phys);
	WARN_ON(st);
	if (!st)
		free_page((unsigned long)r->page);
	r->page = NULL;
}
