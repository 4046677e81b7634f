/* The flag of the WARN leaves. */
static int grow(struct realm *r, unsigned long ipa, unsigned long st)
{
	int lvl = RMI_RETURN_INDEX(st);
	bool bad = WARN_ON(lvl > 3);

	if (bad)
		return -ENXIO;
	return rmi_rtt_create(r->rd_phys, r->spare, ipa, lvl + 1) ? -EIO : 0;
}
