/* What is skipped is about another object than what is freed. */
void free_tables(struct kvm *kvm, struct table_set *set)
{
	if (!kvm_is_realm(kvm))
		timers_destroy(kvm->arch.timers);
	table_set_destroy(set);
	kfree(set);
}
