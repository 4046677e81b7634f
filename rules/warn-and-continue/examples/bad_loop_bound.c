/* A count from firmware bounds a loop that indexes with the counter. */
int realm_copy_gprs(struct kvm_vcpu *vcpu)
{
	struct rec_run *run = vcpu->realm_run;
	int i, n = run->exit.imm;

	WARN_ON_ONCE(n > REC_RUN_GPRS);			/* expect: warn-and-continue */
	for (i = 0; i < n; i++)
		vcpu_set_reg(vcpu, i, run->exit.gprs[i]);

	return 1;
}
