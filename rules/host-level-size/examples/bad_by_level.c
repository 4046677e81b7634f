/* The level is the architecture's, the sizes are those of this kernel. */
static u64 block_bytes(int level)
{
	switch (level) {
	case 3:
		return PAGE_SIZE;
	case 2:
		return PMD_SIZE;
	case 1:
		return PUD_SIZE;	/* expect: host-level-size */
	default:
		return 0;
	}
}

static int drop_block(struct realm *r, u64 ipa, int level)
{
	return rmi_rtt_drop(r->rd, ipa, ipa + block_bytes(level), SMC_RMI_NONE);
}
