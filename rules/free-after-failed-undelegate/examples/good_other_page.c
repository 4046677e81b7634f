/* Something else is freed. */
static int settle(struct realm *r)
{
	WARN_ON(rmi_undelegate_page(r->rd_phys));
	free_page((unsigned long)r->params);
	r->params = NULL;

	return -ENXIO;
}
