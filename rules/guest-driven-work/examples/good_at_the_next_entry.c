/* The VMM has been asked; what it has not agreed to goes back to it, in parts. */
static int convert(struct kvm_vcpu *vcpu, unsigned long at, unsigned long top,
		   unsigned long *reached)
{
	while (at < top) {
		if (rmi_rtt_set_ripas(vcpu->rd_pa, vcpu->rec_pa, at, top, &at))
			break;
	}
	*reached = at;
	return at < top ? -ENXIO : 0;
}

static int finish_change(struct kvm_vcpu *vcpu, struct rec_run *run)
{
	unsigned long at = run->exit.ripas_base, top = run->exit.ripas_top;
	int rc = 0;

	while (at < top && !rc) {
		if (!vmm_agreed(vcpu->kvm, at, top)) {
			kvm_prepare_memory_fault_exit(vcpu, at, top - at, false, false, true);
			return -EFAULT;
		}
		rc = convert(vcpu, at, top, &at);
	}
	return rc;
}
