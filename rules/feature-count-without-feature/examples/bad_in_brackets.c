/* A number is a number. */
#define KVM_ARM_VCPU_POWER_OFF 0
#define KVM_ARM_VCPU_PMU 1

#define KVM_VCPU_MAX_FEATURES (1 + 2) /* expect: feature-count-without-feature */

int rmi_start(void);
