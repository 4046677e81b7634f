/* The index of the status is the level at which the walk stopped. */
static int add_tables(struct kvm *kvm, unsigned long ipa, unsigned long st)
{
	int at = RMI_RETURN_INDEX(st);

	KVM_BUG_ON(at == RTT_LAST_LEVEL, kvm); /* expect: exact-last-level */

	return make_tables(kvm, ipa, at, RTT_LAST_LEVEL);
}
