/* A single page that could not be delegated was never lent. */
static void *lend_new_page(void)
{
	void *va = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);

	if (va && rmi_delegate_page(virt_to_phys(va))) {
		free_page((unsigned long)va);
		return NULL;
	}

	return va;
}
