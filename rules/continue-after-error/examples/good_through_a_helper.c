/* The twin. */
static unsigned long drop_table(struct realm *r, unsigned long ipa, int lvl,
				unsigned long *upto)
{
	unsigned long page, st;

	st = rmi_rtt_destroy(r->rd_phys, ipa, lvl, &page, upto);
	if (st == RMI_SUCCESS)
		give_back(page);

	return st;
}

static void drop_all(struct realm *r, unsigned long ipa, unsigned long end, int lvl)
{
	unsigned long st, here, there = ipa;

	do {
		here = there;
		st = drop_table(r, here, lvl, &there);
		if (st && RMI_RETURN_STATUS(st) != RMI_ERROR_RTT) {
			r->leaked = true;
			break;
		}
		r->tables--;
	} while (there < end);
}
