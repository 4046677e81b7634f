/* The twin. */
void realm_probe(void)
{
	if (!is_kernel_in_hyp_mode())
		return;

	if (rmi_probe_version())
		return;

	static_branch_enable(&kvm_rmi_usable);
}

static int arch_start(void)
{
	realm_probe();
	return 0;
}
