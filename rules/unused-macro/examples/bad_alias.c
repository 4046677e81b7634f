#include <linux/kvm_host.h>

#define REALM_CHUNK	PMD_SIZE /* expect: unused-macro */

static int take(struct realm *r, unsigned long at)
{
	return rmi_rtt_fold(r->rd_phys, at, 2);
}
