/* The twin: what was not looked up ends the request. */
static int report_change(struct kvm_vcpu *vcpu, unsigned long lo, unsigned long hi)
{
	struct rec *rec = vcpu->arch.rec;
	unsigned long reached;

	if (!is_protected(rec, lo))
		return -EINVAL;
	if (rmi_rtt_set_ripas(rec->rd, rec->phys, lo, hi, &reached))
		return -EFAULT;

	vcpu->run->memory_fault.gpa = lo;
	vcpu->run->memory_fault.size = reached - lo;

	return 0;
}
