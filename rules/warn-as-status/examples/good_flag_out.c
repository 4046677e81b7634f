/* Flags: through a pointer, and answered by a function that only says yes or no. */
static void end_realm(struct realm *r, int *failed, bool *lost)
{
	*failed = WARN_ON(rmi_realm_destroy(r->rd_phys));
	*lost = WARN_ON(rmi_undelegate_page(r->rd_phys));
}

static int is_stuck(struct realm *r)
{
	return !r || WARN_ON(rmi_realm_destroy(r->rd_phys));
}

static int end_all(struct realm *r, unsigned long st)
{
	bool bad = WARN_ON(st);

	if (is_stuck(r) || bad)
		return -EBUSY;
	return WARN_ON(st != RMI_SUCCESS) ? -ENXIO : 0;
}

static int end_two(struct realm *r)
{
	int err = WARN_ON(rmi_realm_destroy(r->rd_phys));

	if (!err)
		return 0;
	return err ? -EIO : 0;
}
