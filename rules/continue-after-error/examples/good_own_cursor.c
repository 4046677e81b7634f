/* The cursor is the loop's own. */
static int count_mapped(struct realm *r, unsigned long ipa, unsigned long end)
{
	unsigned long desc;
	int n = 0;

	for (; ipa < end; ipa += PAGE_SIZE) {
		unsigned long st = rmi_rtt_read_entry(r->rd_phys, ipa, 3, &desc);

		if (WARN_ON_ONCE(st))
			continue;
		n += !!desc;
	}

	return n;
}
