/* Two values that ought to be the same: only one of them came from the RMM. */
static void take_back(struct realm *r, unsigned long at, unsigned long pa)
{
	unsigned long data, top;

	while (at > r->first) {
		at -= SZ_4K;
		pa -= SZ_4K;
		if (rmi_data_destroy(r->rd_pa, at, &data, &top))
			return;
		WARN_ON(pa != data); /* expect: warn-and-continue */
		if (rmi_granule_undelegate(data))
			return;
	}
}
