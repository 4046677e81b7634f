/* Computed from the level: the same in every kernel. */
static u64 block_bytes(int level)
{
	if (level < 0 || level > 3)
		return 0;
	return BIT(ARM64_HW_PGTABLE_LEVEL_SHIFT(level));
}

static int drop_block(struct realm *r, u64 ipa, int level)
{
	return rmi_rtt_drop(r->rd, ipa, ipa + block_bytes(level), SMC_RMI_NONE);
}
