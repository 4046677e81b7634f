/* That EL2 can be had does not say that the kernel is there. */
static int realm_probe(void) /* expect: no-mode-gate */
{
	if (!rmi_probe_version())
		static_branch_enable(&kvm_rmi_usable);
	return 0;
}

int arch_start(void)
{
	if (!is_hyp_mode_available() || kvm_get_mode() == KVM_MODE_NONE)
		return -ENODEV;
	return realm_probe();
}
