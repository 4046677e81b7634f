// RMM specification, DEN0137 2.0-bet3

#define RMI_ABI_MAJOR_VERSION	(2)
#define RMI_ABI_MINOR_VERSION	(0)

enum rmi_entry_state {
	RMI_UNASSIGNED,	/* expect: wrong-abi-value */
	RMI_ASSIGNED,
	RMI_TABLE,
};
