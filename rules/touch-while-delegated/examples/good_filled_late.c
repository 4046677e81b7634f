/* The twin. */
int make_object(struct realm *r, u64 flags)
{
	struct obj_params *p = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	phys_addr_t pa;

	if (!p)
		return -ENOMEM;
	p->flags = flags;
	pa = virt_to_phys(p);
	if (rmi_granule_delegate(pa)) {
		free_page((unsigned long)p);
		return -ENXIO;
	}
	r->obj = p;
	return 0;
}
