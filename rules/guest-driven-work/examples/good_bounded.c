/* A length that was tested is work of a known size. */
static int set_state(struct realm *r, u64 from, u64 to, u64 state)
{
	while (from < to) {
		if (rmi_rtt_set_ripas(r->rd_phys, r->rec_phys, from, to, &from))
			return -ENXIO;
	}
	return 0;
}

int guest_wants_ram(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = rec_of(vcpu);
	u64 base = rec->run->exit.ripas_base;
	u64 top = rec->run->exit.ripas_top;

	if (top - base > SZ_2M)
		return -EINVAL;
	if (set_state(&vcpu->kvm->arch.realm, base, top, 1))
		return -ENXIO;
	kvm_prepare_memory_fault_exit(vcpu, base, top - base, false, false, true);
	return -EFAULT;
}

/* A general register is no range, and copying it no work. */
static int rec_exit_call(struct kvm_vcpu *vcpu)
{
	int i;

	for (i = 0; i < NR_REGS; i++)
		vcpu_set_reg(vcpu, i, vcpu->arch.rec.run->exit.gprs[i]);
	return answer_call(vcpu);
}
