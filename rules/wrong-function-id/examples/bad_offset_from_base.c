#define RMI_ABI_MAJOR_VERSION	(1)
#define RMI_ABI_MINOR_VERSION	(0)

#define RMI_FIRST		0xC4000150
#define RMI_NTH_FID(n)		(RMI_FIRST + (n))

#define SMC_RMI_VERSION		RMI_NTH_FID(0)
#define SMC_RMI_REC_CREATE	RMI_NTH_FID(10)
#define SMC_RMI_REC_DESTROY	RMI_NTH_FID(12)	/* expect: wrong-function-id */
