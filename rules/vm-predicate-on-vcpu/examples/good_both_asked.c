/* To make a REC of a vCPU, both have to be asked. */
int vcpu_finish(struct kvm_vcpu *vcpu)
{
	if (!kvm_is_realm(vcpu->kvm) || !vcpu_is_rec(vcpu) || vcpu->done)
		return -EINVAL;

	return rmi_make_rec(vcpu);
}

unsigned long count_regs(struct kvm_vcpu *vcpu)
{
	return kvm_is_realm(vcpu->kvm) ? 0 : 12;
}
