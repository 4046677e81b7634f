/* A size of the host's, one that is not used, and one that is asked for. */
#include <asm/rmi_smc.h>

#ifdef CONFIG_ARM64_4K_PAGES
#define HUGE_STEP	SZ_2M
#define GPT_BLOCK	SZ_1G
#else
#define HUGE_STEP	SZ_32M
#define GPT_BLOCK	SZ_64G
#endif

static u64 table_block(u64 reg1)
{
	return BIT(30 + FIELD_GET(REG1_BLOCK, reg1));
}

int make_tables(phys_addr_t from, phys_addr_t to, u64 reg1)
{
	to = min(to, from + HUGE_STEP);
	for (; from < to; from += table_block(reg1)) {
		if (rmi_gpt_l1_create(from))
			return -ENOMEM;
	}
	return 0;
}
