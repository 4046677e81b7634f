/* The twin. */
static int push_config(void)
{
	int err;

	rmi_prepare();

	void *cfg __free(kfree) = kzalloc(SZ_4K, GFP_KERNEL);

	if (!cfg)
		return -ENOMEM;
	err = rmi_config_write(virt_to_phys(cfg));
	return err ? -ENXIO : 0;
}
