/* The range is looked up only in a branch, and handed to user space always. */
static int report_change(struct kvm_vcpu *vcpu, unsigned long lo, unsigned long hi)
{
	struct rec *rec = vcpu->arch.rec;
	unsigned long reached;
	unsigned long st = RMI_ERROR_INPUT;

	if (is_protected(rec, lo))
		st = rmi_rtt_set_ripas(rec->rd, rec->phys, lo, hi, &reached);

	vcpu->run->memory_fault.gpa = lo;
	vcpu->run->memory_fault.size = reached - lo; /* expect: out-value-on-error */

	return st ? -EFAULT : 0;
}
