/* NULL for three lines. */
static int push_config(void)
{
	void *cfg __free(kfree) = NULL; /* expect: late-cleanup-variable */
	int err;

	rmi_prepare();
	cfg = kzalloc(SZ_4K, GFP_KERNEL);
	if (!cfg)
		return -ENOMEM;
	err = rmi_config_write(virt_to_phys(cfg));
	return err ? -ENXIO : 0;
}
