/* The undelegation is one label, the free the next. */
static int make_rd(struct realm *r, phys_addr_t params)
{
	void *rd = (void *)__get_free_page(GFP_KERNEL_ACCOUNT);
	phys_addr_t pa;
	int rc = -ENXIO;

	if (!rd)
		return -ENOMEM;

	pa = virt_to_phys(rd);
	if (rmi_delegate_page(pa))
		goto out_free;
	if (rmi_realm_create(pa, params))
		goto out_undelegate;

	r->rd = rd;
	return 0;

out_undelegate:
	if (rmi_undelegate_page(pa)) /* expect: free-after-failed-undelegate */
		pr_err("RD lost\n");
out_free:
	free_page((unsigned long)rd);
	return rc;
}
