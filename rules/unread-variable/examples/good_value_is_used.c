/* The value of an increment, or of an assignment, is a read. */
static int collect(struct realm *r, unsigned long *out, int nr)
{
	unsigned long *at = out;
	int i, n = 0, err;

	for (i = 0; i < nr; i++) {
		*at++ = r->ipa[n++];
		if ((err = rmi_rtt_fold(r->rd_phys, r->ipa[i], 2)))
			return -ENXIO;
	}
	return 0;
}
