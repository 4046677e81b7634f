/* A count of good ones. */
static int good_pages(phys_addr_t *page, int nr)
{
	int i, good = 0;

	for (i = 0; i < nr; i++)
		good += !WARN_ON(rmi_undelegate_page(page[i]));

	return good;
}
