/* The twin: the instruction names the register, 31 is xzr. */
#define RMI_ABI_MAJOR_VERSION (2)


static int trap_sysreg(struct kvm_vcpu *v)
{
	struct rec_run *run = v->arch.rec.run;
	int rt = kvm_vcpu_sys_get_rt(v);
	int rc;

	if (!(v->arch.fault.esr_el2 & 1) && rt != 31)
		vcpu_set_reg(v, rt, run->exit.gprs[rt]);

	rc = kvm_handle_sys_reg(v);
	if ((v->arch.fault.esr_el2 & 1) && rt != 31)
		run->enter.gprs[rt] = vcpu_get_reg(v, rt);

	return rc;
}
