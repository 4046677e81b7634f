/* The twin: asked first. */
int realm_create_root(struct kvm *kvm)
{
	struct realm *r = &kvm->arch.realm;

	r->width = vm_ipa_bits(kvm);
	if (rmi_realm_create(r->rd_pa, r->param_pa))
		return -ENXIO;
	r->state = REALM_NEW;
	return 0;
}

void realm_destroy_all(struct kvm *kvm)
{
	struct realm *r = &kvm->arch.realm;

	if (!realm_is_created(kvm))
		return;
	stage2_unmap(&kvm->arch.mmu, 0, BIT(r->width - 1));
	WARN_ON(rmi_realm_destroy(r->rd_pa));
}
