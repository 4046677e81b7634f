/* The predicate itself takes NULL. */
static bool kvm_is_realm(struct kvm *k)
{
	if (static_branch_unlikely(&realms) && k)
		return k->arch.is_realm;
	return false;
}

int vm_check_extension(struct kvm *kvm, long ext)
{
	return !kvm_is_realm(kvm);
}
