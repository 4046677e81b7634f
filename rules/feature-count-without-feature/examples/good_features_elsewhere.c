/* The features stand in another header, which is not at hand. */
#define KVM_VCPU_MAX_FEATURES 12

int rmi_start(void);
