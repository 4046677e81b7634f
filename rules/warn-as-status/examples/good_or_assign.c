/* Collected, but what is returned is an errno; and a function that only says whether all went well. */
int teardown(struct realm *realm)
{
	int failed = 0;

	if (!realm->rd)
		return -EINVAL;

	failed |= WARN_ON(rmi_realm_destroy(realm->rd_pa));
	failed |= WARN_ON(rmi_undelegate_page(realm->rd_pa));
	if (failed)
		failed = -EIO;

	return failed;
}

unsigned int anything_wrong(struct realm *realm)
{
	unsigned int wrong = 0;

	wrong |= WARN_ON(realm->tables);
	wrong |= WARN_ON(realm->recs);

	return wrong;
}
