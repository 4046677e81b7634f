/* The failed call is repeated at whatever address it left. */
static int lend_span(phys_addr_t at, phys_addr_t limit)
{
	unsigned long upto = at;
	unsigned long st, lost = 0;

	while (upto < limit) {
		at = upto;
		st = rmi_granule_range_delegate(at, limit, &upto);
		if (RMI_RETURN_STATUS(st) != RMI_SUCCESS) {
			lost++;
			continue; /* expect: continue-after-error */
		}
		note_lent(at, upto);
	}

	return lost ? -EIO : 0;
}
