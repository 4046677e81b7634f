/* The caller hears of it; and a helper that has nothing to say. */
static void later_psci_complete(struct kvm_vcpu *from)
{
	from->pending = true;
}

static int cpu_query(struct kvm_vcpu *from, struct kvm_vcpu *to)
{
	later_psci_complete(from);
	if (WARN_ON(rmi_psci_complete(from->pa, to->pa, 0)))
		return -ENXIO;
	return realm_psci_complete(from, to, 0);
}
