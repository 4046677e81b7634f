/* The block of the granule protection table, by the host's page. */
#include <asm/rmi_smc.h>

#ifdef CONFIG_ARM64_4K_PAGES
#define GPT_BLOCK	(1UL << 30)	/* expect: hardcoded-region-size */
#else
#define GPT_BLOCK	(1UL << 36)
#endif

int make_tables(phys_addr_t from, phys_addr_t to)
{
	for (; from < to; from += GPT_BLOCK) {
		if (rmi_gpt_l1_create(from))
			return -ENOMEM;
	}
	return 0;
}
