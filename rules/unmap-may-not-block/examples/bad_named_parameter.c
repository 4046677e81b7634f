/* The parameter's name says what the constant means, wherever it stands. */
static void realm_wipe(struct kvm *vm, bool may_block, u64 from, u64 to)
{
	while (from < to) {
		rmi_data_destroy(vm->arch.realm.rd_phys, from, &vm->arch.data, &from);
		if (may_block)
			cond_resched_rwlock_write(&vm->mmu_lock);
	}
}

void realm_free_memory(struct kvm *vm)
{
	write_lock(&vm->mmu_lock);
	realm_wipe(vm, false, 0, vm->arch.realm.size);	/* expect: unmap-may-not-block */
	write_unlock(&vm->mmu_lock);
}
