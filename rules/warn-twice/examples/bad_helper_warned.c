/* Each error of the helper has had its own warning. */
static int drop_tables(struct realm *r, u64 at, u64 end, int lvl)
{
	if (WARN_ON(lvl > LAST_LEVEL))
		return -EINVAL;

	while (at < end) {
		unsigned long st = rmi_rtt_destroy(r->rd_phys, at, lvl, &r->out, &at);

		if (WARN_ON_ONCE(RMI_RETURN_STATUS(st) != RMI_SUCCESS))
			return -EBUSY;
	}
	return 0;
}

static int drop_all_tables(struct realm *r)
{
	return drop_tables(r, 0, r->size, 1);
}

void realm_gone(struct realm *r)
{
	WARN_ON(drop_all_tables(r));		/* expect: warn-twice */
	rmi_realm_destroy(r->rd_phys);
}
