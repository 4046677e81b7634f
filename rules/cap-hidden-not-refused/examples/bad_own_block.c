/* The filter stands in a block of its own, with a result. */
static bool realm_may(long ext)
{
	return ext == KVM_CAP_IRQCHIP;
}

int arch_check_ext(struct kvm *kvm, long ext)
{
	int r = 1;

	if (kvm && kvm_is_realm(kvm)) {
		if (!realm_may(ext)) /* expect: cap-hidden-not-refused */
			r = 0;
	}
	return r;
}
