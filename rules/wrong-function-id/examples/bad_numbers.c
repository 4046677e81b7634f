#define RMI_ABI_MAJOR_VERSION	(2)
#define RMI_ABI_MINOR_VERSION	(0)

#define RMI_FID(number)		SMC_FAST_CALL_64(number)

#define SMC_RMI_REALM_CREATE	RMI_FID(0x159)	/* expect: wrong-function-id */
#define SMC_RMI_REALM_DESTROY	RMI_FID(0x159)
#define SMC_RMI_REC_ENTER	RMI_FID(0x15c)
#define SMC_RMI_RTT_FOLD	0xC4000167	/* expect: wrong-function-id */
