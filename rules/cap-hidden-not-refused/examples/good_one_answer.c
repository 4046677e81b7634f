/* One number that differs is not a capability that is hidden. */
int vm_check_extension(struct kvm *kvm, long ext)
{
	int r = 0;

	switch (ext) {
	case KVM_CAP_BREAKPOINTS:
		r = kvm && kvm_is_realm(kvm) ? 0 : breakpoints();
		break;
	}
	return r;
}
