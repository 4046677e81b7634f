static int settle(struct realm *r)
{
	if (!r->rd)
		goto out;
	rmi_realm_destroy(r->rd_phys);
out:
	unsigned long left = r->nr; /* expect: declaration-after-label */

	return left ? -EBUSY : 0;
}
