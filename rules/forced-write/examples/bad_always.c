/* A read of shared memory, too. */
static int take_fault(struct kvm_vcpu *v, gpa_t at)
{
	bool write_fault = fault_writes(v);

	if (vcpu_is_rec(v))
		write_fault = true; /* expect: forced-write */

	return map_memory(v, at, write_fault);
}
