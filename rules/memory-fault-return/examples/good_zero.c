/* The twin. */
static int leave_for_ripas(struct kvm_vcpu *vcpu, gpa_t from, gpa_t to, bool ram)
{
	if (to <= from)
		return -EINVAL;

	kvm_prepare_memory_fault_exit(vcpu, from, to - from, false, false, ram);

	return -EFAULT;
}
