/* Whoever is freed here was counted. */
static void *table_alloc(void)
{
	void *va = (void *)__get_free_page(GFP_ATOMIC);

	if (va)
		kvm_account_pgtable_pages(va, 1);
	return va;
}

static void table_free(void *va)
{
	if (rmi_undelegate_page(virt_to_phys(va)))
		return;
	free_page((unsigned long)va);
	kvm_account_pgtable_pages(va, -1);
}

int rec_make(struct realm_rec *rec)
{
	rec->table = table_alloc();
	return rec->table ? 0 : -ENOMEM;
}

void rec_drop(struct realm_rec *rec)
{
	table_free(rec->table);
}
