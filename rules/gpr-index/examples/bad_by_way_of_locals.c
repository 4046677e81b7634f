/* The value and the number of the register go through locals. */
#define RMI_ABI_MAJOR_VERSION (2)


static void copy_in(struct kvm_vcpu *v, struct rec_exit *out)
{
	u32 nr = (out->esr & ESR_ELx_SYS64_ISS_RT_MASK) >> ESR_ELx_SYS64_ISS_RT_SHIFT;
	u64 data;

	data = out->gprs[0];
	vcpu_set_reg(v, nr, data); /* expect: gpr-index */
	rmi_trace(v);
}
