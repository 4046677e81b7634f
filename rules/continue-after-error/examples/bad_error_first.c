/* The error is tested before the cursor moves: the same call for ever. */
static void give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long upto, st;

	while (at < limit) {
		st = rmi_granule_range_delegate(at, limit, &upto);
		if (st) {
			pr_err("lend: %#lx\n", st);
			continue; /* expect: continue-after-error */
		}
		at = upto;
	}
}
