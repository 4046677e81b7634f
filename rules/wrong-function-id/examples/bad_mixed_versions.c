#define RMI_ABI_MAJOR_VERSION	(2)
#define RMI_ABI_MINOR_VERSION	(0)

#define SMC_RMI_GRANULE_RANGE_DELEGATE	RMI_CALL_ID(0x1f1)
#define SMC_RMI_GRANULE_DELEGATE	RMI_CALL_ID(0x151) // for now /* expect: wrong-function-id */
#define SMC_RMI_DATA_CREATE		RMI_CALL_ID(0x153) /* expect: wrong-function-id */
