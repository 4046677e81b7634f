/* By way of a local, with a shift. */
static int rmi_given(struct realm *r)
{
	int bytes;

	bytes = r->pages << PAGE_SHIFT;
	return bytes; /* expect: amount-in-int */
}
