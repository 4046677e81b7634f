/* The state behind an accessor and a setter. */
enum box_state {
	BOX_NONE,
	BOX_NEW,
	BOX_LIVE,
	BOX_GOING,
	BOX_GONE,
};

int box_build(struct kvm *kvm)
{
	int err;

	if (BOX_NEW == box_state(kvm)) /* expect: later-state-passes */
		return 0;
	err = rmi_realm_create(kvm->arch.rd_pa, kvm->arch.param_pa);
	if (err)
		return -ENXIO;
	box_set_state(kvm, BOX_NEW);
	return 0;
}
