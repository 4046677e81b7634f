/* Set before the way out, and an errno that a call gave: that may well be the right one. */
static int private_fault(struct kvm_vcpu *vcpu, gpa_t gpa, bool private)
{
	int err = 0;

	if (!slot_matches(vcpu, gpa, private)) {
		kvm_prepare_memory_fault_exit(vcpu, gpa, SZ_4K, true, false, private);
		err = -EFAULT;
		goto done;
	}
	err = map_granule(vcpu, gpa);
done:
	put_slot(vcpu);
	return err;
}

static int find_fault(struct kvm_vcpu *vcpu, gpa_t gpa)
{
	int err = find_page(vcpu, gpa);

	if (err) {
		kvm_prepare_memory_fault_exit(vcpu, gpa, SZ_4K, true, false, true);
		return err == -EHWPOISON ? err : -EFAULT;
	}
	return 0;
}
