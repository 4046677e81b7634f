/* The twin: the VM is asked, where it is made. */
int gic_probe(struct gic_info *info)
{
	int rc = 0;

	gic_state.emulates_v2 = true;

	rc = register_gic(info);
	return rc;
}

int gic_create(struct kvm *kvm, int version)
{
	if (version == 2 && (!gic_state.emulates_v2 || kvm_is_realm(kvm)))
		return -ENODEV;
	return 0;
}
