/* The value itself asks for a realm. */
static int take_fault(struct kvm_vcpu *v, gpa_t at)
{
	bool write_fault = fault_writes(v) || vcpu_is_rec(v); /* expect: forced-write */

	return map_memory(v, at, write_fault);
}

static int take_other(struct kvm_vcpu *v, gpa_t at)
{
	bool is_write;

	is_write = kvm_is_realm(v->kvm) ? true : fault_writes(v); /* expect: forced-write */
	return rmi_map(v, at, is_write);
}
