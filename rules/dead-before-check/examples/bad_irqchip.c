/* User space only forgot the interrupt controller; now the realm is dead. */
int realm_go(struct kvm *kvm)
{
	struct realm *r = &kvm->arch.realm;

	r->state = REALM_DEAD; /* expect: dead-before-check */
	if (!has_vgic(kvm))
		return -EOPNOTSUPP;

	if (rmi_realm_activate(r->rd_pa))
		return -ENXIO;
	r->state = REALM_LIVE;
	return 0;
}
