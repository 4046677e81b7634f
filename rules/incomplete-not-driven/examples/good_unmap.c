/* The wrapper gives the registers to the function that drives the operation. */
#define RMI_ABI_MAJOR_VERSION 0x2
#define RMI_INCOMPLETE 13

static unsigned long to_the_end(struct arm_smccc_1_2_regs *r)
{
	u64 handle;

	arm_smccc_1_2_smc(r, r);
	handle = r->a1;
	while (RMI_RETURN_STATUS(r->a0) == RMI_INCOMPLETE) {
		*r = (struct arm_smccc_1_2_regs){ SMC_RMI_OP_CONTINUE, handle };
		arm_smccc_1_2_smc(r, r);
	}
	return r->a0;
}

static inline unsigned long guest_unmap(u64 rd, u64 from, u64 to, u64 *reached)
{
	struct arm_smccc_1_2_regs r = { SMC_RMI_RTT_DATA_UNMAP, rd, from, to };
	unsigned long st = to_the_end(&r);

	*reached = r.a1;
	return st;
}
