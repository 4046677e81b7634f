/* The unmap may stop half-way; the wrapper takes the answer for a final one. */
#define RMI_ABI_MAJOR_VERSION 0x2
#define RMI_INCOMPLETE 13

static inline unsigned long guest_unmap(u64 rd, u64 from, u64 to, u64 *reached)
{
	struct arm_smccc_res r;

	arm_smccc_1_1_smc(SMC_RMI_RTT_DATA_UNMAP, rd, from, to, 0, 0, &r); /* expect: incomplete-not-driven error */
	*reached = r.a1;
	return r.a0;
}
