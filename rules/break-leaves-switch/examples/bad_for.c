/* The loop's own test would stop it, but only after the rest of the turn. */
static int walk(struct realm *r)
{
	int i, ret = 0;

	for (i = 0; i < r->nr && !ret; i++) {
		switch (r->slot[i].kind) {
		case KIND_PRIVATE:
			prepare(&r->slot[i]);
			break;
		default:
			pr_err("slot %d is of no kind\n", i);
			ret = -EINVAL; /* expect: break-leaves-switch */
			break;
		}
		rmi_rtt_init_ripas(r->rd_pa, r->slot[i].base, r->slot[i].top);
	}
	return ret;
}
