/* The twin: its owner is told. */
static void take_back(phys_addr_t pa)
{
	if (WARN_ON(rmi_granule_undelegate(pa)))
		memory_failure_queue(PHYS_PFN(pa), 0);
}
