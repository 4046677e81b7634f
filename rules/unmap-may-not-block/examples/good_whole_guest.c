/* A teardown may sleep, and says so. */
void destroy_guest_tables(struct kvm *kvm, struct realm *r)
{
	write_lock(&kvm->mmu_lock);
	guest_unmap_range(&kvm->arch.mmu, 0, realm_size(r), true);
	write_unlock(&kvm->mmu_lock);
	rmi_realm_destroy(r->rd_phys);
}
