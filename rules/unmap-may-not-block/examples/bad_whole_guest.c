/* The helper's body is not seen; its name and its last argument say it. */
void destroy_guest_tables(struct kvm *kvm, struct realm *r)
{
	write_lock(&kvm->mmu_lock);
	guest_unmap_range(&kvm->arch.mmu, 0, realm_size(r), false);	/* expect: unmap-may-not-block */
	write_unlock(&kvm->mmu_lock);
	rmi_realm_destroy(r->rd_phys);
}
