static int settle(struct realm *r)
{
	unsigned long left;

	if (!r->rd)
		goto out;
	rmi_realm_destroy(r->rd_phys);
out:
	left = r->nr;

	return left ? -EBUSY : 0;
}
