/* A long holds it, and so many pages is a constant. */
static long rmi_given(struct realm *r)
{
	return r->pages * PAGE_SIZE;
}

static int rmi_table_size(void)
{
	return 4 * PAGE_SIZE;
}
