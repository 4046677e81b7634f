/* Two levels: the value arrives through the caller's own pointer. */
static int mark_ram(struct realm *r, unsigned long lo, unsigned long hi, unsigned long *upto)
{
	if (!r->cache)
		return -ENOMEM;

	return rmi_rtt_set_ripas(r->rd, r->rec, lo, hi, upto) ? -ENXIO : 0;
}

static int mark_empty(struct realm *r, unsigned long lo, unsigned long hi, unsigned long *done)
{
	int err;

	err = mark_ram(r, lo, hi, done);
	if (*done != lo) /* expect: out-value-on-error */
		unmap_span(r, lo, *done);

	return err;
}
