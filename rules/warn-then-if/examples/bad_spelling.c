static int add(struct realm *r, phys_addr_t pa)
{
	WARN_ON_ONCE(!r->rd); /* expect: warn-then-if */
	/* nothing to add it to */
	if (r->rd == NULL)
		return -EINVAL;
	return rmi_rtt_create(virt_to_phys(r->rd), pa, r->ipa, 3);
}
