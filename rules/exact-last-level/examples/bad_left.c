/* Whoever leaves does so for the one level only, too; and the field by hand. */
static int one_more(struct realm *r, unsigned long ipa, unsigned long st)
{
	int at = RMI_RETURN_INDEX(st);

	if (WARN_ON(at == RTT_LAST_LEVEL)) /* expect: exact-last-level */
		return -ENXIO;
	return make_tables(r, ipa, at, at + 1);
}

static int one_less(struct realm *r, unsigned long ipa, unsigned long st)
{
	u64 at = FIELD_GET(RMI_RETURN_INDEX_MASK, st);
	int err;

	if (at == RTT_LAST_LEVEL) /* expect: exact-last-level */
		goto err_undo;
	err = make_tables(r, ipa, at, at + 1);
	if (!err)
		return 0;
err_undo:
	undo_all(r);
	return -ENXIO;
}
