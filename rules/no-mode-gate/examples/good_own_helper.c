/* A helper of its own looks at the mode. */
static int realm_can_run(void)
{
	return kvm_get_mode() == KVM_MODE_DEFAULT && has_vhe();
}

static int __init realm_start(void)
{
	if (!realm_can_run())
		return 0;
	static_key_enable(&kvm_realms_on);
	return 0;
}
late_initcall(realm_start);
