/* Everything goes through the free that counts; only tables were counted. */
static phys_addr_t table_alloc(void)
{
	void *va = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);

	if (!va)
		return PHYS_ADDR_MAX;
	kvm_account_pgtable_pages(va, +1);
	return virt_to_phys(va);
}

static void granule_free(phys_addr_t pa)
{
	if (WARN_ON(rmi_undelegate_page(pa)))
		return;
	kvm_account_pgtable_pages(phys_to_virt(pa), -1); /* expect: account-unpaired */
	free_page((unsigned long)phys_to_virt(pa));
}

int realm_make(struct realm *r)
{
	void *va = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);

	if (!va)
		return -ENOMEM;
	r->rd = va;
	return rmi_rtt_create(virt_to_phys(va), table_alloc(), 0, 1);
}

void realm_drop(struct realm *r)
{
	granule_free(virt_to_phys(r->rd));
}
