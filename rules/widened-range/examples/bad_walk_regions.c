/* The region need not begin or end on a tracking boundary. */
static int probe_memory_kind(struct mem_span *span)
{
	phys_addr_t lo = span->base;
	phys_addr_t hi = span->base + span->size;
	unsigned long kind, state;

	lo = round_down(lo, TRACK_UNIT); /* expect: widened-range */
	hi = round_up(hi, TRACK_UNIT); /* expect: widened-range */

	while (lo < hi) {
		if (rmi_granule_tracking_get(lo, &kind, &state))
			return -ENODEV;
		if (kind != RMI_MEM_CATEGORY_CONVENTIONAL)
			return -ENODEV;
		lo += TRACK_UNIT;
	}

	return 0;
}
