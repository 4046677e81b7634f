/* -ENOMEM comes without a word: the caller's warning is the only one. */
static int split(struct realm *r, u64 at)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (WARN_ON(rmi_rtt_create(r->rd_phys, virt_to_phys((void *)page), at, 3)))
		return -ENXIO;
	return 0;
}

/* Only one half of the condition fires. */
static int join(struct realm *r, u64 at)
{
	unsigned long st = rmi_rtt_fold(r->rd_phys, at, 3, &r->out);

	if (WARN_ON(st && r->live))
		return -EBUSY;
	if (st)
		return -ENXIO;
	return 0;
}

void split_and_join(struct realm *r, u64 at)
{
	if (WARN_ON(split(r, at)))
		return;
	WARN_ON(join(r, at));
}
