/* A cast makes nobody look; the warning looks, and tells nobody. */
static void cpu_query(struct kvm_vcpu *from, struct kvm_vcpu *to, int state)
{
	if (state)
		(void)realm_psci_complete(from, to, state); /* expect: ignored-psci-complete */
	else
		realm_psci_complete(from, to, 0);
	note(to);
}
