#define RMI_ABI_MAJOR_VERSION	(1)
#define RMI_ABI_MINOR_VERSION	(0)

#define SMC_RMI_RTT_CREATE	RMI_CALL_ID(0x15d)
#define SMC_RMI_RMM_ACTIVATE	RMI_CALL_ID(0x202)	/* expect: wrong-function-id warning */
