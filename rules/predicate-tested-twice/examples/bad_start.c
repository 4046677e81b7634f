/* The only caller has asked. */
int realm_start(struct kvm *kvm)
{
	if (!kvm_is_realm(kvm)) /* expect: predicate-tested-twice */
		return -ENXIO;

	return rmi_start(kvm);
}

int first_run(struct kvm_vcpu *vcpu)
{
	int rc = 0;

	if (kvm_is_realm(vcpu->kvm))
		rc = realm_start(vcpu->kvm);
	return rc;
}
