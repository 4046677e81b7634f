/* The twin: the caller leaves it to the function. */
int realm_start(struct kvm *kvm)
{
	if (!kvm_is_realm(kvm))
		return 0;

	return rmi_start(kvm);
}

int first_run(struct kvm_vcpu *vcpu)
{
	int rc = 0;

	rc = realm_start(vcpu->kvm);
	return rc;
}
