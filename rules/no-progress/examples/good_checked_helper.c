/* A helper of the file checks what the RMM wrote. */
static int give_some(phys_addr_t at, phys_addr_t limit, phys_addr_t *upto)
{
	unsigned long top;

	if (rmi_granule_range_delegate(at, limit, &top))
		return -ENXIO;
	if (WARN_ON(top <= at))
		return -ENXIO;
	*upto = top;

	return 0;
}

static int give_all(phys_addr_t at, phys_addr_t limit)
{
	phys_addr_t upto;

	while (at < limit) {
		if (give_some(at, limit, &upto))
			return -ENXIO;
		at = upto;
	}

	return 0;
}
