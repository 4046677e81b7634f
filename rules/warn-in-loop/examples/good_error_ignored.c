/*
 * That the loop goes on with what the failed call left is the fault here, and
 * continue-after-error's to tell: once the loop is left, the WARN fires once.
 */
#include <asm/rmi_cmds.h>

static void clear_span(unsigned long rd, unsigned long from, unsigned long until)
{
	unsigned long after;

	while (from < until) {
		int answer = rmi_rtt_unmap_unprotected(rd, from, 3, &after);

		if (WARN_ON(answer)) {
			from = after;
			continue;
		}
		from = after;
	}
}
