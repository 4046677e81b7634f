/* The twin. */
static int mark_ram(struct realm *r, unsigned long lo, unsigned long hi, unsigned long *upto)
{
	if (!r->cache)
		return -ENOMEM;

	return rmi_rtt_set_ripas(r->rd, r->rec, lo, hi, upto) ? -ENXIO : 0;
}

static int mark_empty(struct realm *r, unsigned long lo, unsigned long hi, unsigned long *done)
{
	int err;

	*done = lo;
	err = mark_ram(r, lo, hi, done);
	if (*done != lo)
		unmap_span(r, lo, *done);

	return err;
}
