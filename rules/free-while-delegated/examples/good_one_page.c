/* One page is given or not: where that fails it is the host's. */
phys_addr_t get_lent_page(void)
{
	void *va = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	phys_addr_t pa;

	if (!va)
		return PHYS_ADDR_MAX;
	pa = virt_to_phys(va);
	if (rmi_delegate_range(pa, PAGE_SIZE)) {
		free_page((unsigned long)va);
		return PHYS_ADDR_MAX;
	}
	return pa;
}
