#define RMI_ABI_MAJOR_VERSION	(2)
#define RMI_ABI_MINOR_VERSION	(0)

#define RMI_FEATURE_REGISTER_0_PMU_NUM_CTRS	GENMASK(31, 26)	/* expect: wrong-abi-value */
#define RMI_FEATURE_REGISTER_0_MAX_RECS_ORDER	(0xfUL << 38)	/* expect: wrong-abi-value */
#define RMI_FEATURE_REGISTER_1_PPS		GENMASK(16, 13)	/* expect: wrong-abi-value */
#define REC_ENTER_FLAG_TRAP_WFE			(1UL << 2)	/* expect: wrong-abi-value */
#define RMI_RETURN_MEMREQ(x)			((x) >> 9 & 3)	/* expect: wrong-abi-value */
