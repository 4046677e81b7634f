/* The twin: an impossible level ends the request. */
static int add_missing(struct realm *r, unsigned long ipa, unsigned long st,
		       struct page_cache *mc)
{
	int lvl = RMI_RETURN_INDEX(st);

	if (WARN_ON(lvl >= LEAF_LEVEL))
		return -ENXIO;

	return grow_tables(r, ipa, lvl, lvl + 1, mc);
}
