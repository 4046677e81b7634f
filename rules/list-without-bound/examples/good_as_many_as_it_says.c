/* The twin asks whether there is room. */
struct object {
	u64 wanted;
	void *spare[8];
};

static int stock(struct object *o, unsigned long flags)
{
	int i;

	if (rmi_pdev_aux_count(flags, &o->wanted))
		return -ENXIO;
	if (o->wanted > ARRAY_SIZE(o->spare))
		return -E2BIG;
	for (i = 0; i < o->wanted; i++) {
		o->spare[i] = (void *)get_zeroed_page(GFP_KERNEL);
		if (!o->spare[i])
			return -ENOMEM;
	}
	return 0;
}
