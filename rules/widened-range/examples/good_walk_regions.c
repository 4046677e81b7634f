/* The twin: the RMM says how far its answer holds, nothing is rounded. */
static int probe_memory_kind(struct mem_span *span)
{
	phys_addr_t lo = span->base;
	phys_addr_t hi = span->base + span->size;
	unsigned long kind, state, upto;

	while (lo < hi) {
		if (rmi_granule_tracking_get(lo, hi, &kind, &state, &upto))
			return -ENODEV;
		if (kind != RMI_MEM_CATEGORY_CONVENTIONAL)
			return -ENODEV;
		if (WARN_ON(upto <= lo))
			return -ENXIO;
		lo = upto;
	}

	return 0;
}
