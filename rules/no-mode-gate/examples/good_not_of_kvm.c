/* That there is an RMM does not depend on where the kernel runs. */
static int __init rmm_start(void)
{
	if (rmi_probe_version())
		return -ENXIO;
	static_branch_enable(&rmi_present);
	return 0;
}
subsys_initcall(rmm_start);
