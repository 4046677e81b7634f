/* The RMM says how far its answer goes. */
#include <asm/rmi_cmds.h>

static int look_at(phys_addr_t pa, phys_addr_t end)
{
	phys_addr_t top;

	for (; pa < end; pa = top) {
		if (rmi_granule_tracking_get(pa, &top) || top <= pa)
			return -ENXIO;
	}
	return 0;
}
