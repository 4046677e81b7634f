/* Whatever mode KVM runs in, realms are offered. */
void realm_probe(void) /* expect: no-mode-gate */
{
	if (rmi_probe_version())
		return;

	static_branch_enable(&kvm_rmi_usable);
}

static int arch_start(void)
{
	realm_probe();
	return 0;
}
