/* What is asked has changed in between. */
int realm_slot_ok(struct kvm *kvm, int slot)
{
	if (kvm_is_realm(kvm) && slot_flags(slot) != 0)
		return -EPERM;
	slot = next_slot(kvm, slot);
	if (kvm_is_realm(kvm) && slot_flags(slot) != 0)
		return -EPERM;
	return rmi_add_slot(slot);
}
