/* The twin; one that speaks of both; one that only speaks RMI. */
static int fill_granule(struct realm *r, phys_addr_t pa, unsigned long ipa)
{
	int rc;

	if (rmi_granule_delegate(pa))
		return -ENXIO;

	rc = rmi_data_create(r->rd_pa, pa, ipa, r->src_pa, 0);
	if (rc) {
		give_back(pa);
		return -ENXIO;
	}

	return rc;
}

static unsigned long enter(struct rec *rec)
{
	unsigned long st;

	st = rmi_rec_enter(rec->pa, rec->run_pa);
	return st;
}

static int tear_down(struct realm *r, unsigned long at, unsigned long end)
{
	int rc;

	while (at < end) {
		rc = rmi_rtt_destroy(r->rd_pa, at, 3);
		if (RMI_RETURN_STATUS(rc) == RMI_ERROR_RTT) {
			rc = split(r, at);
			if (rc)
				return rc;
			continue;
		}
		if (rc)
			return -EBUSY;
		at += SZ_4K;
	}
	return 0;
}

static int split(struct realm *r, unsigned long at)
{
	return at ? -ENOMEM : 0;
}
