/* One caller relies on the function. */
static void rec_drop(struct kvm_vcpu *vcpu)
{
	if (!vcpu_is_rec(vcpu))
		return;
	rmi_drop(vcpu);
}

void vcpu_end(struct kvm_vcpu *vcpu)
{
	rec_drop(vcpu);
}

void vcpu_reset(struct kvm_vcpu *vcpu)
{
	if (vcpu_is_rec(vcpu) && vcpu->stale)
		rec_drop(vcpu);
}
