/* The twin: stored when nothing can fail any more. */
int make_realm(struct realm *r)
{
	void *va = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	phys_addr_t pa;

	if (!va)
		return -ENOMEM;
	pa = virt_to_phys(va);
	if (rmi_realm_create(pa, r->param_pa))
		goto drop;

	if (rmi_rec_aux_count(pa, &r->aux))
		goto destroy;
	r->rd = va;
	return 0;

destroy:
	WARN_ON(rmi_realm_destroy(pa));
drop:
	free_page((unsigned long)va);
	return -ENXIO;
}
