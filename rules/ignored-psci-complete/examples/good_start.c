/* The twin. */
static long cpu_start(struct kvm_vcpu *from, struct kvm_vcpu *to)
{
	long rc = 0;

	if (vcpu_is_rec(to))
		rc = rmi_tell_psci_complete(from, to, 0);
	if (rc)
		return rc;

	wake(to);
	return rc;
}
