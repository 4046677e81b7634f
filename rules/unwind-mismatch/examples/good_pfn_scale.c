/* Scaled both ways, if not in the same spelling; and virtual addresses, where a byte is a byte. */
int lend_pfns(unsigned long pfn, unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n; i++)
		if (rmi_granule_delegate(PFN_PHYS(pfn + i)))
			goto undo;
	return 0;

undo:
	while (i-- > 0)
		rmi_granule_undelegate(PFN_PHYS(pfn) + i * PAGE_SIZE);
	return -ENXIO;
}

int lend_bytes(void *va, unsigned long size)
{
	unsigned long off;

	for (off = 0; off < size; off += PAGE_SIZE)
		if (rmi_granule_delegate(virt_to_phys(va + off)))
			goto undo;
	return 0;

undo:
	while (off > 0) {
		off -= PAGE_SIZE;
		rmi_granule_undelegate(virt_to_phys(va) + off);
	}
	return -ENXIO;
}
