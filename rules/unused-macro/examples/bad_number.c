#include <linux/kvm_host.h>

#define RETRIES	16 /* expect: unused-macro info */

static int take(struct realm *r, unsigned long at)
{
	return rmi_rtt_fold(r->rd_phys, at, 2);
}
