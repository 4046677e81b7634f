/* Tested right behind the switch; only given back; nothing behind it; a break of the loop. */
static int walk(struct realm *r)
{
	int i, ret = 0;

	for (i = 0; i < r->nr; i++) {
		void *page = (void *)get_zeroed_page(GFP_KERNEL);

		switch (r->slot[i].kind) {
		case KIND_PRIVATE:
			prepare(&r->slot[i]);
			break;
		default:
			ret = -EINVAL;
			break;
		}
		free_page((unsigned long)page);
		if (ret)
			break;
		rmi_rtt_init_ripas(r->rd_pa, r->slot[i].base, r->slot[i].top);
	}

	for (i = 0; i < r->nr && !ret; i++) {
		switch (r->slot[i].kind) {
		case KIND_SHARED:
			ret = share(&r->slot[i]);
			break;
		default:
			ret = -EINVAL;
			break;
		}
	}

	for (i = 0; i < r->nr; i++) {
		if (!r->slot[i].top) {
			ret = -ERANGE;
			break;
		}
		finish(&r->slot[i]);
	}
	return ret;
}
