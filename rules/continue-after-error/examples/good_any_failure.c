/* The twin. */
static int lend_span(phys_addr_t at, phys_addr_t limit)
{
	unsigned long upto = at;
	unsigned long st;

	while (upto < limit) {
		at = upto;
		st = rmi_granule_range_delegate(at, limit, &upto);
		if (RMI_RETURN_STATUS(st) != RMI_SUCCESS)
			return -EIO;
		note_lent(at, upto);
	}

	return 0;
}
