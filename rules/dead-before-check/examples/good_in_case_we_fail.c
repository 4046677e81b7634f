/* Dead "in case we fail": the first thing that follows is a step that cannot be undone. */
int realm_go(struct kvm *kvm)
{
	struct realm *r = &kvm->arch.realm;
	int err;

	WRITE_ONCE(r->state, REALM_DEAD);
	err = make_recs(kvm);
	if (err)
		return -EBUSY;
	if (!r->recs)
		return -EINVAL;
	if (rmi_realm_activate(r->rd_pa))
		return -ENXIO;
	WRITE_ONCE(r->state, REALM_LIVE);
	return 0;
}
