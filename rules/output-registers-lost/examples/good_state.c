/* The twin: the outputs go back into the state. */
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

	op->in = out;
	return out.a0;
}
