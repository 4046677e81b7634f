/* RMM 1.0: the value of a trapped access is always in the first entry. */
#define RMI_ABI_MAJOR_VERSION (1)

static void copy_in(struct kvm_vcpu *v, struct rec_exit *out)
{
	int rt = kvm_vcpu_sys_get_rt(v);

	vcpu_set_reg(v, rt, out->gprs[0]);
}
