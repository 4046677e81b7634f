static int add(struct realm *r, phys_addr_t pa)
{
	int err = rmi_rtt_create(r->rd_phys, pa, r->ipa, 3);

	if (WARN_ON(err))
		goto undo;
	return 0;
undo:
	rmi_granule_undelegate(pa);
	return -ENXIO;
}
