/* The twin. */
static u64 taken(u64 handle, u64 offered, u64 asked, u64 unit)
{
	struct arm_smccc_res r;
	u64 pages;

	arm_smccc_1_1_smc(SMC_RMI_OP_MEM_DONATE, handle, &r);
	pages = r.a1;
	if (WARN_ON(pages > offered * unit))
		pages = unit * offered;

	return pages;
}
