/* Cleared through the address that is made of the physical one. */
int lend_cleared(phys_addr_t pa)
{
	void *va = phys_to_virt(pa);
	int err;

	err = rmi_delegate_page(pa);
	if (err)
		return err;
	memset(va, 0, PAGE_SIZE); /* expect: touch-while-delegated */
	return 0;
}
