/* The entries are structures, and the counter moves later. */
struct lent {
	unsigned int used;
	struct {
		u64 pa;
		bool ours;
	} part[32];
};

static int lend(struct lent *l, u64 pa)
{
	if (rmi_granule_delegate(pa))
		return -ENXIO;
	l->part[l->used].pa = pa;	/* expect: list-without-bound */
	l->used++;
	return 0;
}
