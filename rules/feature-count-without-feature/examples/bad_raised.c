/* Five features, the last is bit 4. */
#define KVM_ARM_VCPU_POWER_OFF 0
#define KVM_ARM_VCPU_SVE 4

#define KVM_VCPU_MAX_FEATURES 6 /* expect: feature-count-without-feature */

bool vcpu_is_rec(struct kvm_vcpu *v);
