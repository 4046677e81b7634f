/* Another exit takes its place, or the caller gives the errno. */
static void tell_vmm(struct kvm_vcpu *vcpu, gpa_t gpa)
{
	kvm_prepare_memory_fault_exit(vcpu, gpa, SZ_4K, false, false, true);
}

static int on_fault(struct kvm_vcpu *vcpu, gpa_t gpa)
{
	if (is_shared(vcpu, gpa)) {
		tell_vmm(vcpu, gpa);
		return -EFAULT;
	}
	return 1;
}

static int stop(struct kvm_vcpu *vcpu, gpa_t gpa)
{
	tell_vmm(vcpu, gpa);
	if (vm_is_gone(vcpu->kvm)) {
		vcpu->run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
		return 0;
	}
	return -EFAULT;
}
