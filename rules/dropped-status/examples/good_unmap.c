/* The twin; one that is meant; one that is only a try. */
static void unshare(struct realm *r, unsigned long ipa, void *page)
{
	unsigned long next;

	if (WARN_ON(rmi_rtt_unmap_unprotected(r->rd_pa, ipa, 3, &next)))
		return;
	free_page((unsigned long)page);
}

static void shrink(struct realm *r, unsigned long ipa)
{
	unsigned long rtt;

	(void)rmi_rtt_destroy(r->rd_pa, ipa, 3);
	rmi_rtt_fold(r->rd_pa, ipa, 3, &rtt);
}

static void stop(struct realm *r)
{
	WARN_ON(rmi_realm_destroy(r->rd_pa));
}
