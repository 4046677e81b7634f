/* Where the address is shared nobody has asked how far it went. */
static void report(struct kvm_vcpu *vcpu, unsigned long base, unsigned long top)
{
	unsigned long end;

	if (realm_is_private(vcpu->kvm, base))
		set_state(vcpu, base, top, &end);
	rmi_note_range(base, end - base); /* expect: uninitialised-on-path warning */
}
