/* The walk by callback. */
static int track_range(unsigned long pfn, unsigned long count, void *unused)
{
	phys_addr_t at = PFN_PHYS(pfn);

	return rmi_granule_tracking_set(at, at + PFN_PHYS(count)) ? -ENXIO : 0;
}

int track_all(unsigned long last)
{
	return walk_system_ram_range(0, last, NULL, track_range);	/* expect: memory-hotplug */
}
