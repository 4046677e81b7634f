/* The data of an emulated load or store is always in the first entry. */
#define RMI_ABI_MAJOR_VERSION (2)


static void store_data(struct kvm_vcpu *v, struct rec_run *run)
{
	int reg = kvm_vcpu_dabt_get_rd(v);

	vcpu_set_reg(v, reg, run->exit.gprs[0]);
}

static int other(struct kvm_vcpu *v)
{
	return kvm_vcpu_sys_get_rt(v);
}
