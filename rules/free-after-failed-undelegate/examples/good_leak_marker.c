/* NULL is the mark for "leaked": freeing it is nothing. */
static void drop_rec(struct rec *rec)
{
	if (WARN_ON(rmi_undelegate_page(virt_to_phys(rec->page))))
		rec->page = NULL;
	free_page((unsigned long)rec->page);
	kfree(rec->run);
}
