/* The count is cut before it bounds the loop, is not its only bound, or the WARN is about a count too small. */
int realm_copy_gprs(struct kvm_vcpu *vcpu)
{
	struct rec_run *run = vcpu->realm_run;
	int i, n = run->exit.imm;

	WARN_ON_ONCE(n > REC_RUN_GPRS);
	n = min(n, REC_RUN_GPRS);
	for (i = 0; i < n; i++)
		vcpu_set_reg(vcpu, i, run->exit.gprs[i]);

	return 1;
}

int realm_copy_some(struct kvm_vcpu *vcpu)
{
	struct rec_run *run = vcpu->realm_run;
	int i, n = run->exit.imm;

	WARN_ON_ONCE(n == 0);
	for (i = 0; i < n; i++)
		vcpu_set_reg(vcpu, i, run->exit.gprs[i]);

	return 1;
}

int realm_copy_most(struct kvm_vcpu *vcpu)
{
	struct rec_run *run = vcpu->realm_run;
	int i, n = run->exit.imm;

	WARN_ON_ONCE(n > REC_RUN_GPRS);
	for (i = 0; i < n && i < REC_RUN_GPRS; i++)
		vcpu_set_reg(vcpu, i, run->exit.gprs[i]);

	return 1;
}
