/* The walk is skipped for a realm, and with it the only call that frees the pages. */
void free_tables(struct kvm *kvm, struct table_set *set)
{
	if (set) {
		if (!kvm_is_realm(kvm)) /* expect: destroy-skipped-for-realm */
			table_set_destroy(set);
		kfree(set);
	}
}
