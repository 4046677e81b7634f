/* The count is scaled by PFN_PHYS() on the way up and not on the way back. */
int lend_pfns(unsigned long pfn, unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n; i++)
		if (rmi_granule_delegate(PFN_PHYS(pfn + i)))
			goto undo;
	return 0;

undo:
	while (i-- > 0)
		rmi_granule_undelegate(PFN_PHYS(pfn) + i);	/* expect: unwind-mismatch */
	return -ENXIO;
}
