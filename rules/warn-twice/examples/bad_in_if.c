/* By way of a variable, and with a helper that calls itself. */
static int fold_level(struct realm *r, u64 at, int lvl)
{
	int err;

	switch (RMI_RETURN_STATUS(rmi_rtt_fold(r->rd_phys, at, lvl, &r->out))) {
	case RMI_SUCCESS:
		return 0;
	case RMI_ERROR_RTT:
		err = fold_level(r, at, lvl + 1);
		if (err)
			return err;
		return 0;
	default:
		WARN(1, "no answer for a fold that we know of\n");
		return -ENXIO;
	}
}

int fold_one(struct realm *r, u64 at)
{
	int err = fold_level(r, at, 1);

	if (WARN_ON(err))			/* expect: warn-twice */
		return err;
	r->folded++;
	return 0;
}
