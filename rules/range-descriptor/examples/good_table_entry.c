/* Not a range: a translation table entry, with its memory attributes from bit 2 on. */
#define RMI_ABI_MAJOR_VERSION 0x2

static int map_shared(struct realm *r, u64 ipa, phys_addr_t pa, u64 attr)
{
	u64 entry = pa & PAGE_MASK;

	entry |= attr << 2;
	/* the range is one page */
	return rmi_rtt_map_one(r->rd, ipa, 3, entry);
}
