/* The loop goes on, but from an address that it chose itself. */
static void unmap_span(struct realm *r, unsigned long ipa, unsigned long end)
{
	unsigned long nxt, page, st;

	for (; ipa < end; ipa = nxt) {
		st = rmi_rtt_data_unmap(r->rd_phys, ipa, end, &page, &nxt);
		if (st) {
			nxt = ipa + PAGE_SIZE;
			continue;
		}
		give_back(page);
		if (WARN_ON_ONCE(nxt <= ipa))
			return;
	}
}
