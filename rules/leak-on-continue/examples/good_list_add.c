/* A list owns it. */
static int fill(struct realm *r)
{
	int i;

	for (i = 0; i < CACHE; i++) {
		struct slot *s = kzalloc(sizeof(*s), GFP_KERNEL);
		unsigned long st;

		if (!s)
			return -ENOMEM;
		list_add(&s->node, &r->slots);
		st = rmi_slot_register(r->rd_phys, s);
		if (st)
			continue;
		r->nr++;
	}
	return 0;
}
