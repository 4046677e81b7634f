/* The twin. */
static int add_tables(struct kvm *kvm, unsigned long ipa, unsigned long st)
{
	int at = RMI_RETURN_INDEX(st);

	if (KVM_BUG_ON(at >= RTT_LAST_LEVEL, kvm))
		return -ENXIO;

	return make_tables(kvm, ipa, at, RTT_LAST_LEVEL);
}
