/* Arguable: a failure that is no error by design ("the vCPU simply runs again", F17), at a label that success shares and that only leaves. */
int enter_once(struct kvm_vcpu *vcpu, phys_addr_t rec)
{
	int ret = topup_cache(vcpu);

	if (ret)
		return ret;

	preempt_disable();
	/* lost the race: not an error, the vCPU simply runs again */
	if (rmi_rec_enter(rec, vcpu->arch.rec.run_pa))
		goto out;
	vcpu->stat.exits++;
out:
	preempt_enable();
	return ret;
}
