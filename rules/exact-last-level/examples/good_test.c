/* What is greater was refused before; the kernel's own counter; a test that is no guard. */
static int go_deeper(struct realm *r, unsigned long ipa, unsigned long st)
{
	int at = RMI_RETURN_INDEX(st);

	if (at > RTT_MAX_LEVEL)
		return -ENXIO;
	if (at == RTT_MAX_LEVEL)
		return -EEXIST;
	return make_tables(r, ipa, at, 2);
}

static int descend(struct realm *r, unsigned long ipa, int level)
{
	unsigned long st = rmi_rtt_destroy(r->rd_pa, ipa, level);

	if (RMI_RETURN_STATUS(st) != RMI_ERROR_RTT)
		return st ? -ENXIO : 0;
	if (WARN_ON(level == RTT_MAX_LEVEL))
		return -EBUSY;
	return descend(r, ipa, level + 1);
}

static int kind_of(unsigned long st)
{
	if (RMI_RETURN_INDEX(st) == RTT_MAX_LEVEL)
		return ENTRY_PAGE;
	return ENTRY_BLOCK;
}
