/* The label frees what two of the three failures have lent already. */
int make_object(struct realm *r)
{
	void *va = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	phys_addr_t pa;

	if (!va)
		return -ENOMEM;
	pa = virt_to_phys(va);
	if (rmi_granule_delegate(pa))
		goto out_free;
	if (rmi_rec_create(r->rd_pa, pa))
		goto out_free;
	r->obj = va;
	return 0;

out_free:
	free_page((unsigned long)va); /* expect: free-while-delegated */
	return -ENXIO;
}
