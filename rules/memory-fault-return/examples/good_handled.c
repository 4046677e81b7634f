/* Whether it was handled is one thing; what KVM_RUN answers goes through a pointer. */
bool on_change(struct kvm_vcpu *vcpu, struct change *c, int *answer)
{
	if (!c->wanted)
		return false;

	kvm_prepare_memory_fault_exit(vcpu, c->from, c->to - c->from, false, false, c->ram);
	*answer = -EFAULT;
	return true;
}

static int leave(struct kvm_vcpu *vcpu, struct change *c, long *answer)
{
	kvm_prepare_memory_fault_exit(vcpu, c->from, c->to - c->from, false, false, c->ram);
	*answer = -EFAULT;
	return 0;
}
