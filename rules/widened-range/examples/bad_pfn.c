/* Memory is counted in pages, rounded out to sections, and handed over by PFN_PHYS(). */
int section_online(unsigned long start_pfn, unsigned long nr_pages, phys_addr_t *top)
{
	unsigned long end_pfn = ALIGN(start_pfn + nr_pages, PAGES_PER_SECTION);	/* expect: widened-range */

	start_pfn = ALIGN_DOWN(start_pfn, PAGES_PER_SECTION);	/* expect: widened-range */

	return rmi_granule_range_delegate(PFN_PHYS(start_pfn), PFN_PHYS(end_pfn), top);
}
