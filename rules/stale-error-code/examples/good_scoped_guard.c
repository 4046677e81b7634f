/* The body of scoped_guard() always runs, so the code is set on every way. */
int activate(struct kvm *kvm, phys_addr_t rd)
{
	int ret;

	scoped_guard(mutex, &kvm->lock)
		ret = prepare(kvm) ?: -EIO;
	if (rmi_realm_activate(rd))
		goto undo;

	return 0;

undo:
	WARN_ON(rmi_undelegate_page(rd));
	return ret;
}
