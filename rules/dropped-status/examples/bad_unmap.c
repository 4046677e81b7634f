/* The page may still be mapped. */
static void unshare(struct realm *r, unsigned long ipa, void *page)
{
	unsigned long next;

	rmi_rtt_unmap_unprotected(r->rd_pa, ipa, 3, &next); /* expect: dropped-status */
	free_page((unsigned long)page);
}
