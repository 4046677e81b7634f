/* It is the fault that decides, for every kind of VM. */
static int share_page(struct kvm *kvm, struct fault *f, int prot)
{
	bool write_fault = false;

	if (f->is_store)
		write_fault = true;
	if (write_fault)
		prot |= KVM_PGTABLE_PROT_W;
	if (kvm_is_realm(kvm))
		return rmi_map(kvm, f->at, prot);
	return plain_map(kvm, f->at, prot);
}
