/* The cursor walks back over what was given, or starts afresh. */
static int lend(phys_addr_t start, phys_addr_t end, unsigned long chunk)
{
	phys_addr_t pa;

	for (pa = start; pa < end; pa += chunk)
		if (rmi_delegate_range(pa, chunk))
			goto undo;
	return 0;
undo:
	while (pa > start) {
		pa -= chunk;
		WARN_ON(rmi_undelegate_range(pa, chunk));
	}
	return -ENXIO;
}

static int lend_and_map(struct realm *r, phys_addr_t start, phys_addr_t top)
{
	phys_addr_t pa = start;
	unsigned long upto;

	while (pa < top) {
		if (rmi_granule_range_delegate(pa, top, &upto) || upto <= pa)
			return -ENXIO;
		pa = upto;
	}
	if (!map_block(r, start, top))
		return 0;
	for (pa = start; pa < top; pa = upto)
		if (WARN_ON(rmi_granule_range_undelegate(pa, top, &upto) || upto <= pa))
			break;
	return -ENXIO;
}
