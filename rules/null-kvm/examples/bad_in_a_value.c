/* As a part of a value, and after a test that does not help. */
static bool kvm_is_realm(struct kvm *k)
{
	if (!static_branch_unlikely(&realms))
		return false;
	return k->arch.is_realm;
}

int vm_check_extension(struct kvm *kvm, long ext)
{
	if (!kvm)
		note_system_wide();

	return !kvm_is_realm(kvm) && have_debug(); /* expect: null-kvm */
}
