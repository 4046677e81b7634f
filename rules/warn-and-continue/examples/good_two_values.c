/* What the RMM said is printed and never used; the kernel goes on with its own. */
static void take_back(struct realm *r, unsigned long at, unsigned long pa)
{
	unsigned long data, top;

	while (at > r->first) {
		at -= SZ_4K;
		pa -= SZ_4K;
		if (rmi_data_destroy(r->rd_pa, at, &data, &top))
			return;
		WARN_ON(pa != data);
		WARN_ON(at + SZ_4K != top);
		if (rmi_granule_undelegate(pa))
			return;
	}
}
