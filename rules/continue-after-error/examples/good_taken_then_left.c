/* How far it came is kept, and then the loop is left. */
static int share_all(struct realm *r, unsigned long at, unsigned long end)
{
	unsigned long next;
	int err;

	do {
		err = rmi_rtt_unprot_map(r->rd_pa, at, end, r->flags, r->desc, &next);
		r->shared += next - at;
		at = next;
		if (err && err != -ENOMEM)
			break;
		refill(r);
	} while (at < end);
	return err;
}
