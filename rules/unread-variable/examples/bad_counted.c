/* Counted for nobody. */
static void drop_tables(struct realm *r, int nr)
{
	int i, dropped = 0;

	for (i = 0; i < nr; i++) {
		if (rmi_rtt_destroy(r->rd_phys, r->ipa[i], 3))
			continue;
		dropped++; /* expect: unread-variable */
	}
}
