/* The helper compares the two, but goes on all the same. */
static int give_some(phys_addr_t at, phys_addr_t limit, phys_addr_t *upto)
{
	int err = rmi_granule_range_delegate(at, limit, upto) ? -ENXIO : 0;

	if (!err && *upto != at)
		note_given(at, *upto);

	return err;
}

static int give_all(phys_addr_t at, phys_addr_t limit)
{
	phys_addr_t upto;

	while (at < limit) {
		if (give_some(at, limit, &upto))
			return -ENXIO;
		at = upto; /* expect: no-progress */
	}

	return 0;
}
