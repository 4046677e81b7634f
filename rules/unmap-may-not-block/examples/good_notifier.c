/* A notifier is told by its caller whether it may block; here it is another flag. */
static void realm_wipe(struct kvm *vm, u64 from, u64 to, bool may_block, bool wipe_private)
{
	while (from < to) {
		rmi_data_destroy(vm->arch.realm.rd_phys, from, &vm->arch.data, &from);
		if (may_block)
			cond_resched_rwlock_write(&vm->mmu_lock);
	}
}

bool unmap_for_notifier(struct kvm *vm, u64 from, u64 to)
{
	realm_wipe(vm, from, to, false, true);
	return false;
}

void realm_free_shared(struct kvm *vm)
{
	write_lock(&vm->mmu_lock);
	realm_wipe(vm, 0, vm->arch.realm.size, true, false);
	write_unlock(&vm->mmu_lock);
}
