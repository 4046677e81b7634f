/* What the second field is set to nobody says. */
struct rmm_setup {
	u64 granule;
	u64 region;
};

static int setup(void)
{
	struct rmm_setup *s = (void *)get_zeroed_page(GFP_KERNEL);
	int st;

	if (!s)
		return -ENOMEM;
	s->granule = GRANULE_4K;
	st = rmi_rmm_config_set(virt_to_phys(s));	/* expect: implicit-abi-field */
	free_page((unsigned long)s);
	return st ? -ENXIO : 0;
}
