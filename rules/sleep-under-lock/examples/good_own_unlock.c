/*
 * The lock is given back by a helper that has a name of its own.
 */
#include <asm/rmi_cmds.h>

static int renew_slot(struct slots *slots, unsigned long rec)
{
	unsigned long answer;

	spin_lock(&slots->guard);
	answer = rmi_rec_destroy(rec);
	slots_unlock_and_wake(&slots->guard);
	slots->spare = alloc_page(GFP_KERNEL_ACCOUNT);
	return answer == RMI_SUCCESS ? 0 : -ENXIO;
}
