/* Nobody calls an initcall but the kernel. */
static int __init realm_start(void) /* expect: no-mode-gate */
{
	if (rmi_probe_version() == 0)
		static_key_enable(&kvm_realms_on);
	return 0;
}
late_initcall(realm_start);
