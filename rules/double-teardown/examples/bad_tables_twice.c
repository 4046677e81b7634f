/* The end of the VM takes the tables down, and calls a function that does it too. */
void vm_free_tables(struct kvm *kvm)
{
	if (realm_is_alive(kvm)) {
		realm_destroy_tables(kvm); /* expect: double-teardown */
		return;
	}
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
