/* The twin. */
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
		goto out_undelegate;
	r->obj = va;
	return 0;

out_undelegate:
	if (WARN_ON(rmi_granule_undelegate(pa)))
		return -ENXIO;
out_free:
	free_page((unsigned long)va);
	return -ENXIO;
}
