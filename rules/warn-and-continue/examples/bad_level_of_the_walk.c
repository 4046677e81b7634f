/* The level comes from the RMM; WARN_ON() prints and comes back. */
static int add_missing(struct realm *r, unsigned long ipa, unsigned long st,
		       struct page_cache *mc)
{
	int lvl = RMI_RETURN_INDEX(st);

	WARN_ON(lvl == LEAF_LEVEL); /* expect: warn-and-continue */

	return grow_tables(r, ipa, lvl, LEAF_LEVEL, mc);
}
