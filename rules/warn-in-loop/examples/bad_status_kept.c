/* The status is looked at, noted, and the next one is tried. */
bool clear_range(struct realm *r, u64 at, u64 end)
{
	bool clean = true;

	while (at < end) {
		int st = rmi_data_destroy(r->rd_phys, at, &r->data, &r->top);

		WARN_ON(st);			/* expect: warn-in-loop */
		clean = clean && !st;
		at += PAGE_SIZE;
	}
	return clean;
}
