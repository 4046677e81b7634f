/* The loop hides in a macro that every wrapper uses. */
#define rmi_call_until_done(out, ...) \
	do { \
		arm_smccc_1_1_invoke(__VA_ARGS__, (out)); \
	} while (RMI_RETURN_STATUS((out)->a0) == RMI_BUSY) /* expect: unbounded-retry */

static unsigned long activate(phys_addr_t rd)
{
	struct arm_smccc_res out;

	rmi_call_until_done(&out, SMC_RMI_REALM_ACTIVATE, rd);

	return out.a0;
}
