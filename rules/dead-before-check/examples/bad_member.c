/* A setter, and a check of a member; a message stands in between. */
int realm_go(struct kvm *kvm)
{
	int err;

	realm_set_state(kvm, REALM_STATE_BROKEN); /* expect: dead-before-check */
	if (kvm->arch.nr_pages == 0) {
		err = -EINVAL;
		return -EINVAL;
	}
	err = rmi_realm_activate(kvm->arch.realm.rd_pa);
	return err ? -ENXIO : 0;
}
