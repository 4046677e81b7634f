/* The continue belongs to an inner loop without a firmware cursor. */
static int give_all(struct span *s, int n)
{
	unsigned long upto, st;
	int i, j;

	for (i = 0; i < n; i++) {
		phys_addr_t at = s[i].base;

		while (at < s[i].top) {
			st = rmi_granule_range_delegate(at, s[i].top, &upto);
			if (st || upto <= at)
				return -ENXIO;
			at = upto;
		}
		for (j = 0; j < s[i].nr; j++) {
			if (s[i].skip[j])
				continue;
			note_given(s[i].base + j * PAGE_SIZE);
		}
	}

	return 0;
}
