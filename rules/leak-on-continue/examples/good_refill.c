/* Refilled where it is empty; a failure keeps it. */
static int split_all(struct realm *r, unsigned long ipa, unsigned long end)
{
	void *va = NULL;
	int err = 0;

	while (ipa < end) {
		if (!va)
			va = (void *)get_zeroed_page(GFP_KERNEL);
		if (!va)
			return -ENOMEM;
		err = rmi_rtt_create(r->rd_phys, virt_to_phys(va), ipa, 3);
		if (err == RMI_BUSY)
			continue;
		if (err)
			break;
		va = NULL;
		ipa += SZ_2M;
	}
	free_page((unsigned long)va);
	return err ? -ENXIO : 0;
}
