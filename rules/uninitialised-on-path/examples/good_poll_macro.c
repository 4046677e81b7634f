/*
 * The polling macros set the variable before they read it in the condition
 * that they are given as well.
 */
#include <linux/iopoll.h>
#include <asm/rmi_cmds.h>

static int await_rec_gone(phys_addr_t rec)
{
	unsigned long answer;
	int late;

	late = read_poll_timeout_atomic(rmi_rec_destroy, answer,
					answer != RMI_BUSY, 5, 500, false, rec);
	if (late)
		return late;
	return answer == RMI_SUCCESS ? 0 : -EIO;
}

static int await_realm_gone(phys_addr_t rd)
{
	unsigned long answer;
	int late = readx_poll_timeout(rmi_realm_destroy, rd, answer,
				      !(answer == RMI_BUSY || answer == RMI_BLOCKED),
				      5, 500);

	return late ?: answer == RMI_SUCCESS ? 0 : -EIO;
}
