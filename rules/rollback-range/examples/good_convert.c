/* Each piece goes one way or the other: nothing is undone. */
static int convert(struct piece *piece, phys_addr_t pa, phys_addr_t end, unsigned long bytes)
{
	unsigned long upto;

	while (pa < end) {
		if (piece->private) {
			if (rmi_granule_range_delegate(pa, end, &upto) || upto <= pa)
				return -ENXIO;
			pa = upto;
		} else {
			if (WARN_ON(rmi_undelegate_range(pa, bytes)))
				return -ENXIO;
			pa += bytes;
		}
		piece++;
	}
	return 0;
}
