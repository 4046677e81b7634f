/* Nothing is walked here: what is freed is the host's own. */
void arch_free_stage2_pgd(struct kvm *kvm)
{
	if (kvm_is_realm(kvm) && kvm->state != STATE_DEAD) {
		realm_drop_tables(kvm);
		return;
	}
	kfree(kvm->pgt);
}
