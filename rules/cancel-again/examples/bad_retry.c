/* Each failure cancels, and the next turn may fail again. */
static long drive(struct op *op, struct arm_smccc_1_2_regs *r)
{
	u64 handle;
	int err;

	issue(op, r);
	handle = r->a1;

	while (RMI_RETURN_STATUS(r->a0) == RMI_INCOMPLETE) {
		err = answer_request(op, handle, r);
		if (err)
			op_cancel(handle, r);	/* expect: cancel-again */
	}

	return r->a0;
}
