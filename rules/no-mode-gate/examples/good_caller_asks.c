/* The caller has asked, by way of a local. */
void realm_probe(void)
{
	if (!rmi_probe_version())
		static_branch_enable(&kvm_rmi_usable);
}

static int arch_start(void)
{
	bool vhe = has_vhe();

	if (vhe)
		realm_probe();
	return 0;
}
