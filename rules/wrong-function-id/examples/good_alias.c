// the version is not at hand: a number that one of them has is good
#define SMC_RMI_DATA_DESTROY	RMI_CALL_ID(0x155)
#define SMC_RMI_RTT_DATA_UNMAP	RMI_CALL_ID(0x1f6)
#define SMC_RMI_DATA_UNMAP	SMC_RMI_RTT_DATA_UNMAP
#define RSI_HOST_CALL		RMI_CALL_ID(0x199)
