/* The flag decides. */
static void drop_rd(struct realm *r)
{
	bool lost = false;

	if (WARN_ON(rmi_undelegate_page(virt_to_phys(r->rd))))
		lost = true;
	if (!lost)
		free_page((unsigned long)r->rd);
	r->rd = NULL;
}
