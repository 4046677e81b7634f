/* Who runs later looks first. */
int session_start(struct realm *r)
{
	if (rmi_realm_activate(r->rd_pa))
		return -ENXIO;
	kfree(r->conf);
	r->conf = NULL;
	return 0;
}

bool session_wants_token(struct realm *r)
{
	return r->conf && r->conf->token != 0;
}
