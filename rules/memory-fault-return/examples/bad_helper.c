/* A helper sets up the exit; its caller has the say about the errno. */
static void tell_vmm(struct kvm_vcpu *vcpu, gpa_t gpa)
{
	vcpu->stat.exits++;
	kvm_prepare_memory_fault_exit(vcpu, gpa, SZ_4K, false, false, true);
}

static int on_fault(struct kvm_vcpu *vcpu, gpa_t gpa)
{
	if (is_shared(vcpu, gpa)) {
		tell_vmm(vcpu, gpa);
		return 0; /* expect: memory-fault-return */
	}
	return 1;
}

static int by_hand(struct kvm_vcpu *vcpu, gpa_t gpa)
{
	vcpu->run->memory_fault.gpa = gpa;
	vcpu->run->exit_reason = KVM_EXIT_MEMORY_FAULT;
	return 0; /* expect: memory-fault-return */
}
