/* The rounded thing is a sum. */
static int claim(struct mem_span *span)
{
	phys_addr_t at = ALIGN_DOWN(span->base, TRACK_UNIT); /* expect: widened-range */
	phys_addr_t top = ALIGN(span->base + span->size, TRACK_UNIT); /* expect: widened-range */
	unsigned long kind, state;

	for (; at < top; at += TRACK_UNIT)
		if (rmi_granule_tracking_get(at, &kind, &state))
			return -ENODEV;

	return 0;
}
