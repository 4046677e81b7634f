/* Half a block is gone, and the host counts a whole one. */
static u64 blocks_taken(u64 handle, u64 list, u64 per_block)
{
	struct arm_smccc_res r;
	u64 pages;

	arm_smccc_1_1_smc(SMC_RMI_OP_MEM_DONATE, handle, list, &r);
	pages = r.a1;
	if (WARN_ON(!IS_ALIGNED(pages, per_block)))
		pages = ALIGN(pages, per_block);	/* expect: partial-donation */

	return pages / per_block;
}
