/* The parameters are gone once the realm is up. */
int realm_make(struct kvm *kvm)
{
	struct realm *r = &kvm->arch.realm;

	if (rmi_realm_create(r->rd_pa, virt_to_phys(r->setup)))
		return -ENXIO;
	free_page((unsigned long)r->setup);
	r->setup = NULL;
	return 0;
}

static phys_addr_t entry_to_phys(struct realm *r, u64 desc)
{
	if (r->setup->flags & SETUP_WIDE) /* expect: used-after-release */
		return desc & WIDE_MASK;
	return desc & NARROW_MASK;
}

int realm_fault(struct kvm *kvm, u64 desc)
{
	return entry_to_phys(&kvm->arch.realm, desc) ? 1 : 0;
}
