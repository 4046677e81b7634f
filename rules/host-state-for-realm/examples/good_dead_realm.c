/* No realm comes to the walk; and what is not emulated moves nothing. */
void arch_free_stage2_pgd(struct kvm *kvm)
{
	if (kvm_is_realm(kvm) && kvm->state != STATE_DEAD) {
		realm_drop_tables(kvm);
		return;
	}
	if (!kvm_is_realm(kvm))
		kvm_pgtable_stage2_destroy(kvm->pgt);
	kfree(kvm->pgt);
}

int take_back(struct kvm_vcpu *v)
{
	if (vcpu_is_rec(v))
		v->arch.rec.run->enter.flags &= ~REC_EMULATED_MMIO;
	return 0;
}
