/* The lock and the loop stand in one function. */
void realm_clear_range(struct kvm *kvm, struct realm *r, u64 start, u64 size)
{
	u64 end = start + size;

	spin_lock(&r->tables_lock);
	while (start < end) {			/* expect: no-resched */
		u64 top = start;

		if (rmi_rtt_unmap_unprotected(r->rd_phys, start, 3, &top))
			break;
		start = max(top, start + PAGE_SIZE);
	}
	spin_unlock(&r->tables_lock);
}
