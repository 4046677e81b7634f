/* No variable in between. */
static int realm_on_psci(struct kvm_vcpu *v)
{
	int err = answer_psci(v->arch.rec.run->exit.gprs[0]);

	if (0 > err) {
		vcpu_err(v, "PSCI call of a realm failed: %d\n", err);
		return 1; /* expect: errno-swallowed */
	}
	return err;
}
