/* The field is there from the beginning of the VM. */
void realm_init(struct kvm *kvm, unsigned int bits)
{
	kvm->arch.realm.width = bits;
}

int realm_make(struct kvm *kvm)
{
	return rmi_realm_create(kvm->arch.realm.rd_pa, 0) ? -ENXIO : 0;
}

void realm_destroy_all(struct kvm *kvm)
{
	struct realm *r = &kvm->arch.realm;

	stage2_unmap(&kvm->arch.mmu, 0, BIT(r->width - 1));
	if (!realm_is_created(kvm))
		return;
	WARN_ON(rmi_realm_destroy(r->rd_pa));
}
