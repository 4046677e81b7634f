/* The block of the state is the input; the outputs end with the function. */
struct op_state {
	struct arm_smccc_1_2_regs in;
	int turns;
};

static unsigned long run(struct op_state *op)
{
	struct arm_smccc_1_2_regs out;

	do {
		arm_smccc_1_2_smc(&op->in, &out);
		op->turns++;
	} while (RMI_RETURN_STATUS(out.a0) == RMI_BUSY && op->turns < 100);

	return out.a0;	/* expect: output-registers-lost */
}
