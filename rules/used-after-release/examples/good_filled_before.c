/* Who fills the block runs before, and so does who is called on the way. */
static u64 conf_hash(struct realm *r)
{
	return r->conf->algo;
}

int session_set_algo(struct realm *r, u64 algo)
{
	r->conf->algo = algo;
	return 0;
}

int session_start(struct realm *r)
{
	if (rmi_realm_create(r->rd_pa, conf_hash(r)))
		return -ENXIO;
	kfree(r->conf);
	r->conf = NULL;
	return 0;
}
