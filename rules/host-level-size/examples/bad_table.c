/* A table by code, and the choice of two. */
#include <asm/rmi_smc.h>

u64 rmi_unit_bytes(unsigned int code)
{
	const u64 bytes[] = { PAGE_SIZE, PMD_SIZE, PUD_SIZE, P4D_SIZE };	/* expect: host-level-size */

	return bytes[code & 3];
}

u64 rmi_large_bytes(unsigned int code)
{
	return code == 1 ? PMD_SIZE : code == 2 ? PUD_SIZE : 0;	/* expect: host-level-size */
}
