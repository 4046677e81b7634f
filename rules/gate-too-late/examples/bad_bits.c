/* The width of the address space is known once the realm is made. */
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

	stage2_unmap(&kvm->arch.mmu, 0, BIT(r->width - 1)); /* expect: gate-too-late */
	if (!realm_is_created(kvm))
		return;
	WARN_ON(rmi_realm_destroy(r->rd_pa));
}
