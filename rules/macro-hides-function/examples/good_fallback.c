#define realm_of(v)	(&(v)->kvm->arch.realm)
#if IS_ENABLED(CONFIG_KVM_GENERIC_MEMORY_ATTRIBUTES)
#define kvm_arch_has_private_mem(vm) (realm_state(vm) != 0)
#endif
