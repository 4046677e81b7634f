/* The other way round: a level is made of the size. */
#include <asm/rmi_cmds.h>

static int level_of(u64 bytes)
{
	int level;

	if (bytes == PAGE_SIZE)
		return 3;
	switch (bytes) {
	case PMD_SIZE:
		level = 2;
		break;
	case PUD_SIZE:	/* expect: host-level-size */
		level = 1;
		break;
	default:
		level = -1;
	}

	return level;
}
