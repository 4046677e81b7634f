/* One of two conditions is about firmware. */
static int grow(struct realm *r, unsigned long ipa, unsigned long *list)
{
	unsigned long top, n, st;

	st = rmi_rtt_data_unmap(r->rd_phys, ipa, ipa + SZ_2M, &top, &n);
	if (st)
		return -EIO;
	VM_WARN_ON(!r->alive || n > LIST_MAX); /* expect: warn-and-continue */
	list[n] = 0;

	return 0;
}
