/* The twin: one place takes them down, the other frees what is left. */
void vm_free_tables(struct kvm *kvm)
{
	kfree(kvm->arch.tables);
}

void realm_destroy_tables(struct kvm *kvm)
{
	WARN_ON(rmi_rtt_destroy(virt_to_phys(kvm->arch.realm.rd), 0, 1));
}

void realm_end(struct kvm *kvm)
{
	realm_destroy_tables(kvm);
	if (WARN_ON(rmi_realm_destroy(virt_to_phys(kvm->arch.realm.rd))))
		return;
	vm_free_tables(kvm);
}
