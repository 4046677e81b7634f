/* Whatever the memory is, the descriptor says DELEGATED. */
#define RMI_ABI_MAJOR_VERSION 0x2

static u64 one_range(phys_addr_t pa, unsigned int nr)
{
	u64 word = FIELD_PREP(OA_RANGE_SIZE_BITS_MASK, 0);

	word |= (u64)nr << 2;
	word |= pa & PAGE_MASK;	/* expect: range-descriptor */

	return word;
}
