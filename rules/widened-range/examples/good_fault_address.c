/* The host's own mapping size, on IPA and user addresses. */
static int place_fault(struct kvm_vcpu *vcpu, struct fault_info *f, unsigned long hva)
{
	unsigned long uaddr = ALIGN_DOWN(hva, f->map_size);
	phys_addr_t fault_ipa = ALIGN_DOWN(f->fault_ipa, f->map_size);

	if (!user_range_ok(uaddr, f->map_size))
		return -EFAULT;

	return rmi_rtt_map_unprotected(f->rd, fault_ipa, f->level, f->desc);
}
