/* The handle has a name of its own, and a helper goes on with it. */
#define RMI_ABI_MAJOR_VERSION 0x2

static int lend_range(u64 base, u64 top, u64 *next)
{
	struct arm_smccc_res r;
	u64 open;

	arm_smccc_1_1_smc(SMC_RMI_GRANULE_RANGE_DELEGATE, base, top, &r);
	open = r.a1;
	if (RMI_RETURN_STATUS(r.a0) == RMI_INCOMPLETE)
		return wait_until_done(open, next);

	*next = r.a1;
	return r.a0 ? -EIO : 0;
}
