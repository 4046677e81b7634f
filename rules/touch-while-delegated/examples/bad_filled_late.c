/* The parameters are written when the page is the realm's already. */
int make_object(struct realm *r, u64 flags)
{
	struct obj_params *p = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	phys_addr_t pa;

	if (!p)
		return -ENOMEM;
	pa = virt_to_phys(p);
	if (rmi_granule_delegate(pa)) {
		free_page((unsigned long)p);
		return -ENXIO;
	}
	p->flags = flags; /* expect: touch-while-delegated */
	r->obj = p;
	return 0;
}
