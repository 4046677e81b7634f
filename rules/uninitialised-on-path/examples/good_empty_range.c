/* The twin. */
static int hand_over(phys_addr_t at, unsigned long len)
{
	phys_addr_t limit = at + len, next;
	unsigned long st = 0;

	while (at < limit) {
		st = rmi_granule_range_delegate(at, limit, &next);
		if (st)
			return st;
		at = next;
	}
	return st;
}
