/* The helper has one way out, and says there what it found. */
static int give_some(phys_addr_t at, phys_addr_t limit, phys_addr_t *upto)
{
	int err = -ENXIO;

	if (rmi_granule_range_delegate(at, limit, upto))
		goto out;
	if (*upto <= at)
		goto out;
	err = 0;
out:
	return err;
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
