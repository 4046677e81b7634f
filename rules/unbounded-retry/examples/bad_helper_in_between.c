/* The call is a helper of the file, the loop runs for ever unless told to stop. */
static unsigned long fold_table(struct realm *r, unsigned long ipa, int lvl)
{
	unsigned long page;

	return rmi_rtt_fold(r->rd_phys, ipa, lvl, &page);
}

static int fold_or_wait(struct realm *r, unsigned long ipa, int lvl)
{
	for (;;) {
		unsigned long st = fold_table(r, ipa, lvl);

		if (RMI_RETURN_STATUS(st) == RMI_BLOCKED) /* expect: unbounded-retry */
			continue;
		return st ? -EIO : 0;
	}
}
