/* Clumsy, but the second test keeps the level away from the tables. */
static int add_missing(struct realm *r, unsigned long ipa, unsigned long st)
{
	int lvl = RMI_RETURN_INDEX(st);

	WARN_ON(lvl >= LEAF_LEVEL);
	if (lvl >= LEAF_LEVEL)
		return -ENXIO;

	return grow_tables(r, ipa, lvl, lvl + 1, NULL);
}
