/* cond_resched_rwlock_write() says that the caller holds the lock. */
void drop_all(struct kvm *vm, struct realm *r, u64 at, u64 end)
{
	while (at < end) {
		struct realm_note *note = kzalloc(sizeof(*note), GFP_KERNEL);	/* expect: sleep-under-lock */

		if (!note)
			return;
		note->status = rmi_data_destroy(r->rd_phys, at, &note->data, &at);
		list_add(&note->node, &r->notes);
		cond_resched_rwlock_write(&vm->mmu_lock);
	}
}
