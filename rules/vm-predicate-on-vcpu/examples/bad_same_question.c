/*
 * The predicate of the vCPU goes by the VM as well: a matter of style.
 */
#include <asm/rmi_cmds.h>

static bool vcpu_is_rec(const struct kvm_vcpu *asked)
{
	return kvm_is_realm(asked->kvm);
}

static int finish_call(struct kvm_vcpu *caller_vcpu, unsigned long target)
{
	unsigned long answer;

	if (!kvm_is_realm(caller_vcpu->kvm)) /* expect: vm-predicate-on-vcpu info */
		return -EINVAL;
	answer = rmi_psci_complete(caller_vcpu->arch.rec, target);
	return answer == RMI_SUCCESS ? 0 : -ENXIO;
}
