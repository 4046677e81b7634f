/* Three page sizes, three sizes: the setting of the RMM is not asked for. */
#include <asm/rmi_cmds.h>

#if defined(CONFIG_PAGE_SIZE_64KB)
#define TRACKED_REGION	SZ_512M	/* expect: hardcoded-region-size */
#elif IS_ENABLED(CONFIG_PAGE_SIZE_16KB)
#define TRACKED_REGION	SZ_32M
#else
#define TRACKED_REGION	SZ_1G
#endif

static int look_at(phys_addr_t pa, phys_addr_t end)
{
	for (; pa < end; pa += TRACKED_REGION) {
		if (rmi_granule_tracking_get(pa))
			return -ENXIO;
	}
	return 0;
}
