/* The next block's end, cut to the region in the call. */
static int lend(phys_addr_t start, phys_addr_t end)
{
	phys_addr_t at, next;

	for (at = start; at < end; at = next) {
		next = ALIGN(at + SZ_2M, SZ_2M);
		if (rmi_delegate_range(at, min(next, end) - at))
			return -ENXIO;
	}
	return 0;
}

static int lend_by(phys_addr_t at, phys_addr_t end, phys_addr_t chunk)
{
	phys_addr_t stop = ALIGN(at, chunk);

	return rmi_delegate_range(at, min(stop, end) - at);
}
