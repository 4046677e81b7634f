/*
 * Two pages for one vCPU, one mistake.
 */
#include <asm/rmi_cmds.h>

static int lend_vcpu_pages(struct kvm_vcpu *vcpu)
{
	struct lent *lent = &vcpu->arch.lent;

	lent->table = (void *)get_zeroed_page(GFP_KERNEL); /* expect: unaccounted-vm-page */
	lent->shared = (void *)get_zeroed_page(GFP_KERNEL);
	if (!lent->table || !lent->shared)
		return -ENOMEM;
	return rmi_granule_delegate(virt_to_phys(lent->table)) ? -ENXIO : 0;
}
