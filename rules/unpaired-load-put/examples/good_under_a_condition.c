/* What only some vCPUs have says nothing about the others. */
static void ctx_load(struct kvm_vcpu *v)
{
	if (vcpu_has_nv(v))
		hw_mmu_load(v);
	if (kvm_is_realm(v->kvm))
		return;
	fp_load(v);
}

static void ctx_put(struct kvm_vcpu *v)
{
	if (kvm_is_realm(v->kvm))
		return;
	fp_put(v);
	if (vcpu_has_nv(v))
		hw_mmu_put(v);
}
