/* Whoever may block gives way turn by turn. */
static void wipe_private(struct kvm *vm, struct realm *r, u64 from, u64 to, bool may_block)
{
	u64 at, next;

	for (at = from; at < to; at = next) {
		if (rmi_data_destroy(r->rd_phys, at, &r->data, &next))
			break;
		if (may_block)
			cond_resched_rwlock_write(&vm->mmu_lock);
	}
}

static void realm_unmap(struct kvm *vm, struct realm *r, u64 from, u64 to)
{
	wipe_private(vm, r, from, to, true);
}

void guest_gone(struct kvm *vm, struct realm *r, u64 from, u64 to)
{
	write_lock(&vm->mmu_lock);
	realm_unmap(vm, r, from, to);
	write_unlock(&vm->mmu_lock);
}
