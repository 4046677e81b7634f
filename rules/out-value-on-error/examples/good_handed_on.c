/* The value is handed on whatever the status; callers use it on success only. */
static int drop_table(struct realm *r, unsigned long ipa, int lvl, phys_addr_t *page)
{
	unsigned long raw, upto;
	int st;

	st = rmi_rtt_destroy(virt_to_phys(r->rd), ipa, lvl, &raw, &upto);
	*page = raw;

	return st;
}
