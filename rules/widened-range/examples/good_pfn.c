/* Rounded inward to sections: what is no whole section is left out. */
int section_online(unsigned long start_pfn, unsigned long nr_pages, phys_addr_t *top)
{
	unsigned long end_pfn = ALIGN_DOWN(start_pfn + nr_pages, PAGES_PER_SECTION);

	start_pfn = ALIGN(start_pfn, PAGES_PER_SECTION);
	if (start_pfn >= end_pfn)
		return 0;

	return rmi_granule_range_delegate(PFN_PHYS(start_pfn), PFN_PHYS(end_pfn), top);
}
