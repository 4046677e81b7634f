/* The flag is not what is returned. */
static int give_back_pages(phys_addr_t *page, int nr)
{
	bool lost = false;
	int i;

	for (i = 0; i < nr; i++) {
		if (WARN_ON(rmi_undelegate_page(page[i])))
			lost = true;
	}

	return lost ? -EBUSY : 0;
}
