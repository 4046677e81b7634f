/* The right to write, after those who are no realm have left. */
static int share_page(struct kvm *kvm, gpa_t at, int prot)
{
	if (!kvm_is_realm(kvm))
		return plain_map(kvm, at, prot);
	prot |= KVM_PGTABLE_PROT_W; /* expect: forced-write */
	return rmi_map(kvm, at, prot);
}
