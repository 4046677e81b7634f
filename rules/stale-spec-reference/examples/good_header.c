// Numbers as in the RMM specification, DEN0137 2.0-bet3.

#define RMI_ABI_MAJOR_VERSION	(2)
#define RMI_ABI_MINOR_VERSION	(0)
