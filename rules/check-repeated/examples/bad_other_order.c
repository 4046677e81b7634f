/* The other way round, it is the same. */
int realm_slot_ok(struct kvm *kvm, int slot)
{
	if (kvm_is_realm(kvm) && slot_flags(slot) != 0)
		return -EPERM;
	count_slots(kvm);
	if (slot_flags(slot) != 0 && kvm_is_realm(kvm)) { /* expect: check-repeated */
		note(kvm);
		return -EINVAL;
	}
	return rmi_add_slot(slot);
}
