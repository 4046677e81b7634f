/* Stored early because the callee looks at it, and taken back on the error path. */
int make_realm(struct realm *r)
{
	void *va = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);

	if (!va)
		return -ENOMEM;
	r->rd = va;
	if (rmi_realm_create(virt_to_phys(r->rd), r->param_pa)) {
		r->rd = NULL;
		free_page((unsigned long)va);
		return -ENXIO;
	}
	return 0;
}
