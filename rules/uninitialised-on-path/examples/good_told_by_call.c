/*
 * That `reached` is read where the call that sets it was not made is what
 * out-value-on-error says; once is enough.
 */
#include <asm/rmi_cmds.h>

static long settle_span(unsigned long rd, unsigned long from, bool force)
{
	unsigned long reached;

	if (force) {
		int err = rmi_rtt_set_ripas(rd, from, from + SZ_2M, &reached);

		if (err)
			return -ENXIO;
	}
	return reached - from;
}
