/* A helper gets the structure too; the other one is filled by the RMM. */
struct start_params {
	u64 flags;
	u64 entry;
};

static long start_rec(struct rec *rec, u64 pc)
{
	struct start_params *p = kzalloc(sizeof(*p), GFP_KERNEL);
	struct start_params *seen = kzalloc(sizeof(*seen), GFP_KERNEL);

	if (!p || !seen)
		return -ENOMEM;
	p->entry = pc;
	set_flags(rec, p);
	rec->st = rmi_rec_create(rec->rd, rec->pa, virt_to_phys(p));
	rmi_rec_read(rec->rd, virt_to_phys(seen));
	return rec->st;
}
