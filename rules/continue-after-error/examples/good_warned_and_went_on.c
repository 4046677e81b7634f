/* The twin: nothing is known of the rest, so leave. */
static void unmap_span(struct realm *r, unsigned long ipa, unsigned long end)
{
	unsigned long nxt, page, st;

	for (; ipa < end; ipa = nxt) {
		st = rmi_rtt_data_unmap(r->rd_phys, ipa, end, &page, &nxt);
		if (RMI_RETURN_STATUS(st) == RMI_SUCCESS)
			give_back(page);
		else if (WARN_ON_ONCE(st))
			break;
		if (WARN_ON_ONCE(nxt <= ipa))
			return;
	}
}
