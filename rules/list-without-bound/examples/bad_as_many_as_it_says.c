/* The RMM says how many pages it wants beside the object. */
struct object {
	u64 wanted;
	void *spare[8];
};

static int stock(struct object *o, unsigned long flags)
{
	int i;

	if (rmi_pdev_aux_count(flags, &o->wanted))
		return -ENXIO;
	for (i = 0; i < o->wanted; i++) {
		o->spare[i] = (void *)get_zeroed_page(GFP_KERNEL); /* expect: list-without-bound */
		if (!o->spare[i])
			return -ENOMEM;
	}
	return 0;
}
