/* One failure is an errno, the other the status itself. */
static int fill_granule(struct realm *r, phys_addr_t pa, unsigned long ipa)
{
	int rc;

	if (rmi_granule_delegate(pa))
		return -ENXIO;

	rc = rmi_data_create(r->rd_pa, pa, ipa, r->src_pa, 0);
	if (rc)
		give_back(pa);

	return rc; /* expect: status-or-errno */
}

static int enter_if_active(struct realm *r, struct rec *rec)
{
	if (r->state != STATE_ACTIVE)
		return -EINVAL;
	return rmi_rec_enter(rec->pa, rec->run_pa); /* expect: status-or-errno */
}
