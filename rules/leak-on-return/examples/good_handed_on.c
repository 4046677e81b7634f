/* Kept by a helper, stored in the object, given to the caller. */
int add_log(struct realm *r)
{
	void *log = kzalloc(SZ_4K, GFP_KERNEL_ACCOUNT);

	if (!log)
		return -ENOMEM;
	r->log = log;
	if (rmi_realm_activate(virt_to_phys(log)))
		return -ENXIO;
	return 0;
}

void *get_lent(struct realm *r)
{
	void *va = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);

	if (va && rmi_granule_delegate(virt_to_phys(va))) {
		remember_lost(r, va);
		return NULL;
	}
	return va;
}
