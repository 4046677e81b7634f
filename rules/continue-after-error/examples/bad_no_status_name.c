/* The result is tested where it is called. */
static void give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long upto;

	for (; at < limit; at = upto) {
		if (rmi_granule_range_delegate(at, limit, &upto))
			continue; /* expect: continue-after-error */
		note_given(at, upto);
	}
}
