/* The twin: bit 5 has a name. */
#define KVM_ARM_VCPU_POWER_OFF 0
#define KVM_ARM_VCPU_SVE 4
#define KVM_ARM_VCPU_REC 5

#define KVM_VCPU_MAX_FEATURES 6

bool vcpu_is_rec(struct kvm_vcpu *v);
