/* Success shares the label, so leaving early may be meant: a warning, and worth the words "return 0". */
int enter_once(struct kvm_vcpu *vcpu, phys_addr_t rec)
{
	int ret = topup_cache(vcpu);

	if (ret)
		return ret;

	preempt_disable();
	/* lost the race: not an error, the vCPU simply runs again */
	if (rmi_rec_enter(rec, vcpu->arch.rec.run_pa))
		goto out; /* expect: stale-error-code warning */
	vcpu->stat.exits++;
out:
	preempt_enable();
	return ret;
}
