/* Where it can be cancelled it is, and only a stubborn operation is given up. */
#define RMI_ABI_MAJOR_VERSION 0x2

static long run_op(struct op *op)
{
	struct arm_smccc_1_2_regs out;
	bool cancelled = false;
	u64 handle;

	arm_smccc_1_2_smc(&op->in, &out);
	handle = out.a1;

	for (;;) {
		bool may_cancel = FIELD_GET(OP_MAY_CANCEL, out.a0);
		int err;

		if (RMI_RETURN_STATUS(out.a0) != RMI_INCOMPLETE)
			break;
		err = feed_op(op, handle, &out);
		if (err) {
			if (!may_cancel)
				return err;
			if (cancelled)
				return err;
			op_cancel(handle, &out);
			cancelled = true;
		}
		arm_smccc_1_2_smc(&op->next, &out);
	}

	op->in = out;
	return cancelled ? -ECANCELED : out.a0;
}
