/* By struct page up, by address down: the same pages. */
static int give(struct page *page, unsigned int nr)
{
	phys_addr_t pa = page_to_phys(page);
	int i;

	for (i = 0; i < nr; i++)
		if (rmi_granule_delegate(page_to_phys(page + i)))
			goto undo;
	return 0;
undo:
	while (i--)
		WARN_ON(rmi_granule_undelegate(pa + (i << PAGE_SHIFT)));
	return -ENXIO;
}

static int give_shifted(phys_addr_t pa, unsigned int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		if (rmi_granule_delegate(pa + i * PAGE_SIZE))
			goto undo;
	return 0;
undo:
	for (i = i - 1; i >= 0; i = i - 1)
		WARN_ON(rmi_granule_undelegate(pa + (i << PAGE_SHIFT)));
	return -ENXIO;
}
