/* The twin frees what the RMM did not take. */
static u64 blocks_taken(u64 handle, u64 list, u64 per_block)
{
	struct arm_smccc_res r;
	u64 pages, part;

	arm_smccc_1_1_smc(SMC_RMI_OP_MEM_DONATE, handle, list, &r);
	pages = r.a1;
	part = pages % per_block;
	if (WARN_ON(part))
		free_rest(list, pages, per_block - part);

	return DIV_ROUND_UP(pages, per_block);
}
