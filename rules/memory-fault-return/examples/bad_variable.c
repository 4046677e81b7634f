/* The code is in a variable, which still says success; and one way says "try again". */
static int private_fault(struct kvm_vcpu *vcpu, gpa_t gpa, bool private)
{
	int err = 0;

	if (!slot_matches(vcpu, gpa, private)) {
		kvm_prepare_memory_fault_exit(vcpu, gpa, SZ_4K, true, false, private);
		goto done;
	}
	err = map_granule(vcpu, gpa);
done:
	put_slot(vcpu);
	return err; /* expect: memory-fault-return */
}

static int retry_fault(struct kvm_vcpu *vcpu, gpa_t gpa)
{
	int err = find_page(vcpu, gpa);

	if (err == -ENOENT) {
		kvm_prepare_memory_fault_exit(vcpu, gpa, SZ_4K, true, false, true);
		return -EAGAIN; /* expect: memory-fault-return */
	}
	return err;
}
