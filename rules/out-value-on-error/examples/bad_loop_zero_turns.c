/* The loop may run zero times. */
static unsigned long last_top(struct realm *r, unsigned long lo, unsigned long hi)
{
	unsigned long top;

	while (lo < hi) {
		if (rmi_rtt_init_ripas(r->rd, lo, hi, &top))
			return 0;
		lo += SZ_2M;
	}

	return top; /* expect: out-value-on-error */
}
