/* Errors are added up, freed on zero only. */
static void drop_two(struct realm *r)
{
	unsigned long st;

	st = rmi_undelegate_page(virt_to_phys(r->rd));
	st |= rmi_undelegate_page(virt_to_phys(r->rd) + PAGE_SIZE);
	if (!st)
		free_pages((unsigned long)r->rd, 1);
}
