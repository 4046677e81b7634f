static int add(struct realm *r, phys_addr_t pa)
{
	int err = rmi_rtt_create(r->rd_phys, pa, r->ipa, 3);

	WARN_ON(err); /* expect: warn-then-if */
	if (err)
		goto undo;
	return 0;
undo:
	rmi_granule_undelegate(pa);
	return -ENXIO;
}
