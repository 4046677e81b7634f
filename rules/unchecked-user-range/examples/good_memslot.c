/* A memslot has been checked when it was made; its flags say what it is. */
static int rmi_init_slot(struct kvm *kvm, struct kvm_memory_slot *slot)
{
	gfn_t end = slot->base_gfn + slot->npages;

	if (slot->flags & KVM_MEM_READONLY)
		return -EINVAL;
	return rmi_set_state(kvm, slot->base_gfn, end);
}
