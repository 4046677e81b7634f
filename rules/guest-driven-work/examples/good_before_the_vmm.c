/* The handler only asks; the entry does the work once the VMM has said yes. */
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

	kvm_prepare_memory_fault_exit(vcpu, base, top - base, false, false, true);
	return -EFAULT;
}

void before_next_entry(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = rec_of(vcpu);

	set_state(&vcpu->kvm->arch.realm, rec->run->exit.ripas_base, rec->run->exit.ripas_top, 1);
}
