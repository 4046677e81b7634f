/* The twin: the helper always says how far it got. */
static int mark_ram(struct realm *r, unsigned long lo, unsigned long hi, unsigned long *upto)
{
	unsigned long st;

	*upto = lo;
	if (grow_cache(r->cache))
		return -ENOMEM;

	st = rmi_rtt_set_ripas(r->rd, r->rec, lo, hi, upto);
	if (st)
		return -ENXIO;

	return 0;
}

static int mark_and_drop(struct realm *r, unsigned long lo, unsigned long hi)
{
	unsigned long end;
	int err = mark_ram(r, lo, hi, &end);

	if (end > lo)
		unmap_span(r, lo, end);

	return err;
}
