/* In a loop, the last turn succeeded. */
static int lend_all(struct realm *r)
{
	int i, rc = 0;

	for (i = 0; i < r->nr; i++) {
		rc = prepare_one(r, i);
		if (rc)
			goto undo;
		if (rmi_delegate_page(r->page[i]))
			goto undo; /* expect: stale-error-code */
	}
	return 0;
undo:
	while (i--)
		rmi_undelegate_page(r->page[i]);
	return rc;
}
