/* No memory in the middle of it: the loop is left, the operation stays. */
#define RMI_ABI_MAJOR_VERSION 0x2

static long run_op(struct op *op)
{
	struct arm_smccc_1_2_regs out;
	u64 handle;

	arm_smccc_1_2_smc(&op->in, &out);
	handle = out.a1;

	for (;;) {
		int err;

		if (RMI_RETURN_STATUS(out.a0) != RMI_INCOMPLETE)
			break;
		err = feed_op(op, handle, &out);
		if (err)
			return err;	/* expect: incomplete-not-driven */
		arm_smccc_1_2_smc(&op->next, &out);
	}

	op->in = out;
	return out.a0;
}
