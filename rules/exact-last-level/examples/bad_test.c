/* A plain test, the constant first, and no variable in between. */
static int go_deeper(struct realm *r, unsigned long ipa)
{
	unsigned long st = rmi_rtt_create(r->rd_pa, r->spare, ipa, 2);

	if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
		if (RTT_MAX_LEVEL == RMI_RETURN_INDEX(st)) /* expect: exact-last-level */
			return -EINVAL;
		return make_tables(r, ipa, RMI_RETURN_INDEX(st), 2);
	}
	return st ? -ENXIO : 0;
}

static int leave(struct realm *r, unsigned long ipa, unsigned long st)
{
	int err = 0, at = RMI_RETURN_INDEX(st);

	if (!ipa || at == RTT_MAX_LEVEL) { /* expect: exact-last-level */
		err = -EBUSY;
		goto out;
	}
	err = make_tables(r, ipa, at, 2);
out:
	return err;
}
