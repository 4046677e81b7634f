/* The twin. */
static bool realm_may(long ext)
{
	return ext == KVM_CAP_IRQCHIP;
}

int vm_check_extension(struct kvm *kvm, long ext)
{
	if (kvm && kvm_is_realm(kvm) && !realm_may(ext))
		return 0;

	return ext == KVM_CAP_MTE;
}

int vm_enable_cap(struct kvm *kvm, struct kvm_enable_cap *cap)
{
	if (kvm_is_realm(kvm) && !realm_may(cap->cap))
		return -EINVAL;

	if (cap->cap == KVM_CAP_MTE)
		return mte_on(kvm);

	return -EINVAL;
}
