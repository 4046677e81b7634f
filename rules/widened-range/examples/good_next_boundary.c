/* ALIGN(x + 1, n) is the next boundary of a walk, not a wider range. */
static void drop_tables(struct realm *r, int lvl, unsigned long from, unsigned long to)
{
	unsigned long span = level_span(lvl);
	unsigned long at, nxt, page, top;

	for (at = from; at < to; at = nxt) {
		nxt = ALIGN(at + 1, span);
		if (rmi_rtt_destroy(virt_to_phys(r->rd), at, lvl, &page, &top))
			continue;
		give_back(page);
	}
}
