/* The twin. */
static bool kvm_is_realm(struct kvm *k)
{
	if (!static_branch_unlikely(&realms))
		return false;
	return k->arch.is_realm;
}

int vm_check_extension(struct kvm *kvm, long ext)
{
	int r = 1;

	switch (ext) {
	case KVM_CAP_STEAL:
		if (kvm && kvm_is_realm(kvm))
			r = 0;
		break;
	}
	return r;
}
