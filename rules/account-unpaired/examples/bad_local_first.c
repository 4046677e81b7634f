/* The page is held in a local before it is stored, and freed under another name. */
static void *table_alloc(void)
{
	void *va = (void *)__get_free_page(GFP_ATOMIC);

	if (va)
		kvm_account_pgtable_pages(va, 1);
	return va;
}

static void lent_free(void *va)
{
	if (rmi_undelegate_page(virt_to_phys(va)))
		return;
	free_page((unsigned long)va);
	kvm_account_pgtable_pages(va, -1); /* expect: account-unpaired */
}

int rec_make(struct realm_rec *rec)
{
	void *page = (void *)__get_free_page(GFP_KERNEL_ACCOUNT);

	if (!page)
		return -ENOMEM;
	rec->obj = page;
	rec->table = table_alloc();
	return 0;
}

void rec_drop(struct realm_rec *rec)
{
	void *obj = rec->obj;

	lent_free(obj);
	lent_free(rec->table);
}
