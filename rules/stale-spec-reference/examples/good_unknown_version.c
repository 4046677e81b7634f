// Numbers as in the RMM specification, DEN0137 1.0-rel0.
#define RMI_GRANULE	4096
