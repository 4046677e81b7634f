/* The undo is a switch in the same outer loop. */
static int give_banks(struct bank *b, int nr)
{
	unsigned long off;
	int k;

	for (k = 0; k < nr; k++) {
		for (off = 0; off < b[k].bytes; off += SZ_4K)
			if (rmi_granule_delegate(b[k].base + off))
				break;
		if (off < b[k].bytes) {
			while (off-- > 0) /* expect: unwind-mismatch */
				rmi_granule_undelegate(b[k].base + off * SZ_4K);
			return -ENXIO;
		}
	}
	return 0;
}
