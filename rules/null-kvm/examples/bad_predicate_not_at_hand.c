/* What the predicate does is not at hand: a hint. */
int vm_check_extension(struct kvm *kvm, long ext)
{
	int r = 0;

	if (ext == KVM_CAP_SVE)
		r = kvm_is_realm(kvm) ? rmi_has_sve() : 1; /* expect: null-kvm info */
	return r;
}
