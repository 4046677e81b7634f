/* The twin: everything from there on is done or over. */
enum box_state {
	BOX_NONE,
	BOX_NEW,
	BOX_LIVE,
	BOX_GOING,
	BOX_GONE,
};

int box_start(struct realm *r)
{
	if (r->state >= BOX_LIVE)
		return 0;

	if (rmi_realm_activate(r->rd_pa))
		return -ENXIO;
	WRITE_ONCE(r->state, BOX_LIVE);
	return 0;
}
