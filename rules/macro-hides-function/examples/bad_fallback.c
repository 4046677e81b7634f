#define realm_of(v)	(&(v)->kvm->arch.realm)
#define kvm_arch_has_private_mem(vm) (realm_state(vm) != 0) /* expect: macro-hides-function */
