#define RMI_ABI_MAJOR_VERSION	(2)
#define RMI_ABI_MINOR_VERSION	(0)

#define SMC_RMI_PLANE_ENTER	RMI_CALL_ID(0x2a0)
#define SMC_RMI_PLANE_LEAVE	RMI_CALL_ID(0x2a0)	/* expect: wrong-function-id */
