/* The address has a name; the fields stand in a union that pads the page. */
struct start_params {
	union {
		struct {
			u64 flags;
			u64 entry;
			u64 owner;
		};
		u8 pad[4096];
	};
};

static long start_rec(struct rec *rec, u64 pc)
{
	struct start_params *p;
	phys_addr_t pa;

	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;

	p->entry = pc;
	p->owner = rec->id;
	pa = virt_to_phys(p);
	rec->st = rmi_rec_create(rec->rd, rec->pa, pa);	/* expect: implicit-abi-field */
	kfree(p);

	return rec->st;
}
