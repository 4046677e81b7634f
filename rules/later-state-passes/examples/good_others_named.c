/* The later states are asked for one by one. */
enum box_state {
	BOX_NONE,
	BOX_NEW,
	BOX_LIVE,
	BOX_GOING,
	BOX_GONE,
};

int box_start(struct realm *r)
{
	if (r->state == BOX_GOING || r->state == BOX_GONE)
		return -ENXIO;
	if (r->state == BOX_LIVE)
		return 0;

	if (rmi_realm_activate(r->rd_pa))
		return -ENXIO;
	r->state = BOX_LIVE;
	return 0;
}
