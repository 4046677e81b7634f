/* A flag is set, and not looked at. */
static void drop_rd(struct realm *r)
{
	bool lost = false;

	if (WARN_ON(rmi_undelegate_page(virt_to_phys(r->rd)))) /* expect: free-after-failed-undelegate */
		lost = true;
	pr_debug("lost: %d\n", lost);
	free_page((unsigned long)r->rd);
}
