/* The loop is a goto. */
static int give_all(phys_addr_t at, phys_addr_t limit)
{
	unsigned long upto;

more:
	if (rmi_granule_range_delegate(at, limit, &upto))
		return -ENXIO;
	at = upto; /* expect: no-progress */
	if (at < limit)
		goto more;

	return 0;
}
