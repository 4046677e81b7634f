/* The free is a helper of the file. */
static void release(void *va)
{
	free_page((unsigned long)va);
}

static void drop_rd(struct realm *r)
{
	WARN_ON(rmi_undelegate_page(virt_to_phys(r->rd))); /* expect: free-after-failed-undelegate */
	release(r->rd);
}
