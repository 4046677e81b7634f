/* Two levels are never folded; the limit is the host's own. */
#include <asm/rmi_cmds.h>

static u64 next_step(u64 ipa, u64 end)
{
	u64 step = PGDIR_SIZE;

	if (IS_ALIGNED(ipa, PMD_SIZE) && end - ipa >= PMD_SIZE)
		return PMD_SIZE;
	return min(step, end - ipa);
}
