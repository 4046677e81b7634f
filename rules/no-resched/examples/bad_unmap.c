/* The lock is taken three calls above, in a function that sees no loop. */
static void wipe_private(struct realm *r, u64 from, u64 to)
{
	u64 at, next;

	for (at = from; at < to; at = next) {	/* expect: no-resched */
		if (rmi_data_destroy(r->rd_phys, at, &r->data, &next))
			break;
	}
}

static void realm_unmap(struct realm *r, u64 from, u64 to)
{
	wipe_private(r, from, to);
}

void guest_gone(struct kvm *kvm, struct realm *r, u64 from, u64 to)
{
	write_lock(&kvm->mmu_lock);
	realm_unmap(r, from, to);
	write_unlock(&kvm->mmu_lock);
}
