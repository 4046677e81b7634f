/* The twin: only what cannot be read-only. */
static int take_fault(struct kvm_vcpu *v, gpa_t at)
{
	bool write_fault = fault_writes(v);

	if (vcpu_is_rec(v) && gpa_is_private(v, at))
		write_fault = true;

	return map_memory(v, at, write_fault);
}
