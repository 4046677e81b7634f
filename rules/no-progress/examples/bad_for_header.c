/* The step of the loop is the out-value of a helper of the file. */
static unsigned long unmap_some(struct realm *r, unsigned long ipa, unsigned long end,
				unsigned long *upto)
{
	unsigned long page;

	return rmi_rtt_data_unmap(r->rd_phys, ipa, end, &page, upto);
}

static void unmap_all(struct realm *r, unsigned long ipa, unsigned long end)
{
	unsigned long nxt;

	for (; ipa < end; ipa = nxt) { /* expect: no-progress */
		if (unmap_some(r, ipa, end, &nxt))
			break;
	}
}
