/* RMI_ERROR_RTT is no surprise: the RMM says where the next entry is. */
static void fold_span(struct realm *r, unsigned long ipa, unsigned long end, int lvl)
{
	unsigned long nxt, page, st;

	for (; ipa < end; ipa = nxt) {
		st = rmi_rtt_destroy(r->rd_phys, ipa, lvl, &page, &nxt);
		if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT)
			continue;
		if (WARN_ON(st))
			return;
		give_back(page);
	}
}
