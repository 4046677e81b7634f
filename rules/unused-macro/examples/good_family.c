#define pr_fmt(x) "realm: " x
#include <linux/kvm_host.h>

#define STEP_FIRST_KIND	KIND_A
#define STEP_FIRST_SIZE	SIZE_A
#define STEP_FIRST_LAST	LAST_A

static int take(struct realm *r)
{
	return rmi_step(r->rd_phys, STEP_FIRST_KIND);
}
