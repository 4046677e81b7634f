/* A page, however large the guest is: the end is made from the start alone. */
static int wipe_page(struct realm *r, u64 ipa)
{
	u64 end = ALIGN(ipa + 1, PAGE_SIZE);
	u64 at, next;

	for (at = ipa; at < end; at = next) {
		if (rmi_data_destroy(r->rd_phys, at, &r->data, &next))
			return -ENXIO;
	}
	return 0;
}

void unmap_page(struct kvm *kvm, struct realm *r, u64 ipa)
{
	write_lock(&kvm->mmu_lock);
	wipe_page(r, ipa);
	write_unlock(&kvm->mmu_lock);
}

/* The lock is dropped and taken again turn by turn. */
void unmap_slot(struct kvm *kvm, struct realm *r, u64 at, u64 end)
{
	write_lock(&kvm->mmu_lock);
	while (at < end) {
		rmi_data_destroy(r->rd_phys, at, &r->data, &at);
		write_unlock(&kvm->mmu_lock);
		write_lock(&kvm->mmu_lock);
	}
	write_unlock(&kvm->mmu_lock);
}
