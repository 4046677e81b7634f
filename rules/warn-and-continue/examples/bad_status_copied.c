/* Through a local copy. */
static int grow(struct realm *r, unsigned long ipa)
{
	unsigned long st = rmi_rtt_read(r->rd_phys, ipa);
	unsigned int idx = RMI_RETURN_INDEX(st);
	int lvl = idx;

	WARN_ON(lvl > 3); /* expect: warn-and-continue */
	return rmi_rtt_create(r->rd_phys, r->spare, ipa, lvl + 1) ? -EIO : 0;
}
