/* The pause is a helper of the file. */
static void let_others(void)
{
	cpu_relax();
}

static int close_rec(struct rec *rec)
{
	unsigned long st;

	do {
		st = rmi_rec_destroy(rec->phys);
		if (st)
			let_others();
	} while (st == RMI_BUSY);

	return st ? -EIO : 0;
}
