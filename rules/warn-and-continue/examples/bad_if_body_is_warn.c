/* The WARN is the whole body of the test. */
static int add_missing(struct realm *r, unsigned long ipa, unsigned long st)
{
	int lvl = RMI_RETURN_INDEX(st);

	if (lvl >= LEAF_LEVEL)
		WARN(1, "level %d\n", lvl); /* expect: warn-and-continue */

	return grow_tables(r, ipa, lvl, LEAF_LEVEL, NULL);
}
