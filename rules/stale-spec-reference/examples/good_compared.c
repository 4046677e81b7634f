#define RMI_ABI_MAJOR_VERSION	(2)
#define RMI_ABI_MINOR_VERSION	(0)

// In version 2.0 of DEN0137 the host no longer names a VMID, as it did in version 1.0.
// The SMC calling convention (DEN0028) is version 1.2.
#define RMI_HAS_VMID	0
