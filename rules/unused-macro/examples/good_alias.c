#include <linux/kvm_host.h>

#define REALM_CHUNK	PMD_SIZE

static int take(struct realm *r, unsigned long at)
{
	return rmi_rtt_fold(r->rd_phys, ALIGN_DOWN(at, REALM_CHUNK), 2);
}
