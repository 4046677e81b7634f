/* 31 is the zero register, and the array ends before it. */
#define RMI_ABI_MAJOR_VERSION (2)


static void copy_in(struct kvm_vcpu *v, struct rec_exit *out)
{
	int rt = kvm_vcpu_sys_get_rt(v);

	vcpu_set_reg(v, rt, out->gprs[rt]); /* expect: gpr-index info */
}
