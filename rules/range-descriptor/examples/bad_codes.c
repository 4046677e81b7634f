/* The codes count from the root down; the RMM counts from the page up. */
#define RMI_ABI_MAJOR_VERSION 0x2

static u64 range_word(phys_addr_t pa, u64 bytes, u64 state)
{
	u64 word = 0;

	switch (bytes) {
	case SZ_1G:
		word = (1 << 2) | 1;	/* expect: range-descriptor */
		break;
	case SZ_2M:
		word = (1 << 2) | 2;
		break;
	case SZ_4K:
		word = (1 << 2) | 3;
		break;
	}

	return word | (pa & PAGE_MASK) | FIELD_PREP(RANGE_STATE, state);
}
