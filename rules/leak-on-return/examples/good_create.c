/* The twin. */
int add_table(struct realm *r, unsigned long ipa)
{
	void *va = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);

	if (!va)
		return -ENOMEM;
	if (rmi_rtt_create(r->rd_pa, virt_to_phys(va), ipa, 3)) {
		free_page((unsigned long)va);
		return -ENXIO;
	}
	r->tables++;
	return 0;
}
