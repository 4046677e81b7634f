/* Only one of the two can be met on a way. */
int realm_slot_ok(struct kvm *kvm, int slot, bool grow)
{
	if (grow) {
		if (kvm_is_realm(kvm) && slot_flags(slot) != 0)
			return -EPERM;
	} else {
		if (kvm_is_realm(kvm) && slot_flags(slot) != 0)
			return -EBUSY;
	}
	return rmi_add_slot(slot);
}
