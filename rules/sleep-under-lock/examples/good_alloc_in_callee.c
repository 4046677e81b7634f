/* The cache was topped up before the lock was taken, and that branch is not the one taken. */
static phys_addr_t table_get(struct kvm_mmu_memory_cache *cache)
{
	void *va;

	if (cache)
		va = kvm_mmu_memory_cache_alloc(cache);
	else
		va = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	return va ? virt_to_phys(va) : 0;
}

static int split_block(struct realm *r, struct kvm_mmu_memory_cache *cache, u64 ipa)
{
	phys_addr_t table = table_get(cache);

	if (!table)
		return -ENOMEM;
	return rmi_rtt_create(r->rd_phys, table, ipa, 3) ? -ENXIO : 0;
}

int shrink(struct kvm *kvm, struct kvm_vcpu *vcpu, struct realm *r, u64 ipa)
{
	int err = kvm_mmu_topup_memory_cache(&vcpu->arch.mmu_page_cache, 3);

	if (err)
		return err;
	write_lock(&kvm->mmu_lock);
	err = split_block(r, &vcpu->arch.mmu_page_cache, ipa);
	write_unlock(&kvm->mmu_lock);
	return err;
}
