/* The index is odd; what is handed on is the status. */
static unsigned long add_table(struct realm *r, unsigned long ipa)
{
	unsigned long st = rmi_rtt_create(r->rd_phys, r->spare, ipa, 3);

	WARN_ON(RMI_RETURN_INDEX(st) > 3);

	return st;
}
