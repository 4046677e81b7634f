/* The loop tries again from a value never written. */
static int mark(struct realm *r, unsigned long lo, unsigned long hi, unsigned long *upto)
{
	if (!r->cache)
		return -ENOMEM;
	return rmi_rtt_set_ripas(r->rd, r->rec, lo, hi, upto) ? -ENXIO : 0;
}

static int mark_all(struct realm *r, unsigned long lo, unsigned long hi)
{
	unsigned long upto;
	int err;

	do {
		topup(r);
		err = mark(r, lo, hi, &upto);
		if (err && err != -ENOMEM)
			break;
		lo = upto; /* expect: out-value-on-error */
	} while (lo < hi);

	return err;
}
