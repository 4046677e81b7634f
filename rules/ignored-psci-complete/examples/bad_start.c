/* The target is started whatever the RMM says. */
static long cpu_start(struct kvm_vcpu *from, struct kvm_vcpu *to)
{
	long rc = 0;

	if (vcpu_is_rec(to))
		rmi_tell_psci_complete(from, to, 0); /* expect: ignored-psci-complete */

	wake(to);
	return rc;
}
