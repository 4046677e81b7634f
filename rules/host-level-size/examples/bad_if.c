/* A chain of conditions instead of a switch. */
#include <asm/rmi_smc.h>

u64 rmi_unit_bytes(unsigned int code)
{
	u64 bytes = PAGE_SIZE;

	if (code == 1)
		bytes = PMD_SIZE;
	else if (code == 2)
		bytes = PUD_SIZE;	/* expect: host-level-size */

	return bytes;
}
