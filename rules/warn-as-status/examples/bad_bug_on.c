/* KVM_BUG_ON() gives 0 or 1 as well. */
static int end_realm(struct kvm *kvm, struct realm *r)
{
	unsigned long st = rmi_realm_destroy(r->rd_phys);

	if (st == RMI_ERROR_REALM)
		return -EBUSY;
	return KVM_BUG_ON(st, kvm); /* expect: warn-as-status warning */
}
