/* The twin: what can be checked is checked first. */
int realm_go(struct kvm *kvm)
{
	struct realm *r = &kvm->arch.realm;

	if (!has_vgic(kvm))
		return -EOPNOTSUPP;

	r->state = REALM_DEAD;
	if (rmi_realm_activate(r->rd_pa))
		return -ENXIO;
	r->state = REALM_LIVE;
	return 0;
}
