/* The twin: what counts is a pair of its own. */
static phys_addr_t table_alloc(void)
{
	void *va = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);

	if (!va)
		return PHYS_ADDR_MAX;
	kvm_account_pgtable_pages(va, +1);
	return virt_to_phys(va);
}

static int granule_free(phys_addr_t pa)
{
	if (WARN_ON(rmi_undelegate_page(pa)))
		return -EBUSY;
	free_page((unsigned long)phys_to_virt(pa));
	return 0;
}

static void table_free(phys_addr_t pa)
{
	if (!granule_free(pa))
		kvm_account_pgtable_pages(phys_to_virt(pa), -1);
}

int realm_make(struct realm *r)
{
	void *va = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	phys_addr_t table = table_alloc();

	r->rd = va;
	if (rmi_rtt_create(virt_to_phys(va), table, 0, 1))
		table_free(table);
	return 0;
}

void realm_drop(struct realm *r)
{
	granule_free(virt_to_phys(r->rd));
}
