/* The last address itself: it has room for the bit. */
void visit_last(struct realm *r, u64 first, u64 last)
{
	u64 bit = BIT(r->ia_bits - 1);

	first |= bit;
	last |= bit;
	while (first <= last) {
		rmi_rtt_fold(r->rd_phys, first, 2, &r->out);
		first += SZ_2M;
	}
}

/* The end is known to lie below the bit. */
int visit_below(struct realm *r, u64 first, u64 behind)
{
	u64 bit = BIT(r->ia_bits - 1);

	if (behind >= bit)
		return -EINVAL;
	first |= bit;
	behind |= bit;
	while (first < behind) {
		rmi_rtt_fold(r->rd_phys, first, 2, &r->out);
		first += SZ_2M;
	}
	return 0;
}
