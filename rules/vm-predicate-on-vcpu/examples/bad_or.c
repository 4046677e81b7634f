/* One of several reasons to leave. */
static u64 realm_limits(const struct kvm_vcpu *target_vcpu, u64 val)
{
	if (!val || !kvm_is_realm(target_vcpu->kvm)) /* expect: vm-predicate-on-vcpu */
		return val;

	val &= ~0xfUL;
	return val | rmi_limit();
}
