/* No `continue` is written: the loop falls through to its step. */
static void give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long upto, st;

	for (; at < limit; at = upto) {
		st = rmi_granule_range_delegate(at, limit, &upto);
		if (WARN_ON(st)) /* expect: continue-after-error */
			note_lost(at);
	}
}
