/* The predicate hands the transient answers to the caller. */
static bool transient(unsigned long st)
{
	switch (RMI_RETURN_STATUS(st)) {
	case RMI_BUSY:
	case RMI_BLOCKED:
		return true;
	default:
		return false;
	}
}

static int close_rec(struct rec *rec)
{
	for (;;) {
		unsigned long st = rmi_rec_destroy(rec->phys);

		if (transient(st))
			return -EAGAIN;
		if (st != RMI_ERROR_REC)
			return 0;
	}
}
