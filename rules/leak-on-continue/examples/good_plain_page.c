/* The twin. */
static int make_recs(struct realm *r, struct rec **rec, int nr)
{
	unsigned long va, st;
	int i, made = 0;

	for (i = 0; i < nr; i++) {
		va = get_zeroed_page(GFP_KERNEL_ACCOUNT);
		if (!va)
			break;

		st = rmi_rec_create(r->rd_phys, va, rec[i]->params);
		if (st != RMI_SUCCESS) {
			pr_warn("no REC %d: %#lx\n", i, st);
			free_page(va);
			continue;
		}
		made++;
	}

	return made;
}
