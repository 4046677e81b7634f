/* The page is stored first: the sweep at the end finds it. */
static int make_recs(struct realm *r, struct rec **rec, int nr)
{
	int i, made = 0;

	for (i = 0; i < nr; i++) {
		unsigned long va = get_zeroed_page(GFP_KERNEL_ACCOUNT);
		unsigned long st;

		if (!va)
			return -ENOMEM;
		rec[i]->page = va;

		st = rmi_rec_create(r->rd_phys, va, rec[i]->params);
		if (st)
			continue;
		made++;
	}

	return made;
}
