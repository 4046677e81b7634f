/* The RMM's answer is used, the cursor is the kernel's own. */
static int list_tables(struct realm *r, unsigned long from, unsigned long to)
{
	unsigned long at, desc;
	int live = 0;

	for (at = from; at < to; at += SZ_2M) {
		if (rmi_rtt_read_entry(r->rd_phys, at, 3, &desc))
			break;
		if (desc)
			live++;
	}

	return live;
}
