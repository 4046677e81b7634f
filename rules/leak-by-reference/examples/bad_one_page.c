/* Lost, so keep it from the allocator: by one more reference. */
static void take_back(phys_addr_t pa)
{
	if (WARN_ON(rmi_granule_undelegate(pa)))
		get_page(phys_to_page(pa)); /* expect: leak-by-reference */
}
