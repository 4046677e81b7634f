/* page_to_phys() of the page with that number on the way up, some bytes on on the way back. */
int lend_folio(struct page *page, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (rmi_delegate_page(page_to_phys(page + i)))
			goto undo;
	return 0;

undo:
	while (i--)
		rmi_undelegate_page(page_to_phys(page) + i);	/* expect: unwind-mismatch */
	return -ENXIO;
}
