static bool is_known(struct kvm_vcpu *vcpu, int reason) /* expect: unused-parameter info */
{
	return reason == RMI_EXIT_IRQ || reason == RMI_EXIT_FIQ;
}

int realm_exit(struct kvm_vcpu *vcpu, int reason)
{
	return is_known(vcpu, reason) ? 1 : -ENXIO;
}
