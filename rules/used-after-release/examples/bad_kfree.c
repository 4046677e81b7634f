/* Another allocator, another spelling of the same object. */
int session_start(struct realm *r)
{
	int err = rmi_realm_activate(r->rd_pa);

	if (err)
		return -ENXIO;
	kfree(r->conf);
	r->conf = NULL;
	return 0;
}

bool session_wants_token(struct kvm *kvm)
{
	struct realm *r = &kvm->arch.realm;

	return r->conf->token != 0; /* expect: used-after-release */
}
