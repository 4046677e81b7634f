/* What cannot be undelegated is leaked, and a comment says so. */
static void drop_pages(struct realm *r, phys_addr_t *page, int nr)
{
	int i;

	for (i = 0; i < nr; i++) {
		/* Leak it: the RMM did not give it back */
		if (WARN_ON(rmi_undelegate_page(page[i])))
			continue;
		free_page((unsigned long)phys_to_virt(page[i]));
	}
	r->log = kzalloc(SZ_4K, GFP_KERNEL);
}
