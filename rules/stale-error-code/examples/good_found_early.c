/* A list search: found means done. */
static int lookup(struct realm *r, unsigned long ipa)
{
	struct table *t;
	int rc = 0;

	rc = rmi_errno(rmi_rtt_read_entry(r->rd, ipa, 3, &r->entry));
	if (rc)
		goto release;
	list_for_each_entry(t, &r->tables, node) {
		if (covers_ipa(t, ipa))
			goto release;
	}
	rc = add_table(r, ipa);
release:
	put_realm(r);
	return rc;
}
