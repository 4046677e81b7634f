/* A macro or an iterator may set what it is given. */
static int walk(struct realm *r)
{
	struct table *t, *next;
	unsigned long flags;
	int left = 0;

	spin_lock_irqsave(&r->lock, flags);
	list_for_each_entry_safe(t, next, &r->tables, node) {
		if (rmi_rtt_destroy(r->rd_phys, t->ipa, t->level))
			left++;
	}
	spin_unlock_irqrestore(&r->lock, flags);
	return left;
}
