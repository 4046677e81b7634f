/* The same, but the operation is cancelled and driven to its end first. */
#define RMI_ABI_MAJOR_VERSION 0x2

static int lend_range(u64 base, u64 top, u64 *next)
{
	struct arm_smccc_res r;
	unsigned long st;

	arm_smccc_1_1_smc(SMC_RMI_GRANULE_RANGE_DELEGATE, base, top, &r);
	st = RMI_RETURN_STATUS(r.a0);

	switch (st) {
	case RMI_SUCCESS:
		*next = r.a2;
		return 0;
	case RMI_INCOMPLETE:
		stop_operation(&r);
		return -EOPNOTSUPP;
	default:
		return -EIO;
	}
}
