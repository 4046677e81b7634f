#define RMI_ABI_MAJOR_VERSION	(2)
#define RMI_ABI_MINOR_VERSION	(0)

#define RMI_BUSY	13	/* expect: wrong-abi-value */
#define RMI_INCOMPLETE	13

enum rmi_ripas {
	RMI_EMPTY,
	RMI_DESTROYED,	/* expect: wrong-abi-value */
	RMI_RAM,	/* expect: wrong-abi-value */
};
