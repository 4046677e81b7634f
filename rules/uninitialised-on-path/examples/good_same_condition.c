/* Set and read under the same condition. */
static int change(struct kvm_vcpu *vcpu, unsigned long rd, unsigned long ipa)
{
	unsigned long rec;
	int again = 0;

	if (vcpu)
		rec = virt_to_phys(vcpu->arch.rec.page);
	if (!again && vcpu)
		return rmi_rtt_set_ripas(rd, rec, ipa);
	return rmi_rtt_init_ripas(rd, ipa);
}
