/* What the RMM wrote for the host. */
static void read_back(struct kvm_vcpu *vcpu, struct rec *rec)
{
	unsigned long rt = rec->run->exit.imm;

	WARN_ON_ONCE(rt >= REC_GPRS); /* expect: warn-and-continue */
	vcpu_set_reg(vcpu, rt, rmi_gpr(rec, rt));
}
