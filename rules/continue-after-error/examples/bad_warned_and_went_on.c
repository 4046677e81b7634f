/* After an unexpected answer the step still takes what the call left in `nxt`. */
static void unmap_span(struct realm *r, unsigned long ipa, unsigned long end)
{
	unsigned long nxt, page, st;

	for (; ipa < end; ipa = nxt) {
		st = rmi_rtt_data_unmap(r->rd_phys, ipa, end, &page, &nxt);
		if (RMI_RETURN_STATUS(st) == RMI_SUCCESS)
			give_back(page);
		else if (WARN_ON_ONCE(st))
			continue; /* expect: continue-after-error */
		if (WARN_ON_ONCE(nxt <= ipa))
			return;
	}
}
