/* The twin: a realm has a branch of its own. */
void free_tables(struct kvm *kvm, struct table_set *set)
{
	if (set) {
		if (!kvm_is_realm(kvm))
			table_set_destroy(set);
		else
			table_set_free_root(set);
		kfree(set);
	}
}
