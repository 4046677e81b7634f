/* An argument that only static callers choose, and nobody else. */
static int change_kind(struct realm *r, unsigned long ipa, unsigned long top, int what)
{
	unsigned long upto = ipa;

	switch (what) {
	case KIND_INIT:
		WARN_ON(r->started != 0 && what != KIND_INIT);
		return rmi_rtt_init_ripas(r->rd_phys, ipa, top, &upto);
	default:
		WARN_ON(what != KIND_SET);
		return rmi_rtt_set_ripas(r->rd_phys, r->rec_phys, ipa, top, &upto);
	}
}
