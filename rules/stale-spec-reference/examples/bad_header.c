// Numbers as in the RMM specification, DEN0137 1.0-rel0. /* expect: stale-spec-reference */

#define RMI_ABI_MAJOR_VERSION	(2)
#define RMI_ABI_MINOR_VERSION	(0)
