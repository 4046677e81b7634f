/* A dead realm goes on, and its tables are walked. */
void arch_free_stage2_pgd(struct kvm *kvm)
{
	if (kvm_is_realm(kvm) && kvm->state != STATE_DEAD) { /* expect: host-state-for-realm */
		realm_drop_tables(kvm);
		return;
	}
	kvm_pgtable_stage2_destroy(kvm->pgt);
	kfree(kvm->pgt);
}
