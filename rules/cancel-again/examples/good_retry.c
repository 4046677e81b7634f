/* The twin cancels once. */
static long drive(struct op *op, struct arm_smccc_1_2_regs *r)
{
	bool stopped = false;
	u64 handle;
	int err;

	issue(op, r);
	handle = r->a1;

	while (RMI_RETURN_STATUS(r->a0) == RMI_INCOMPLETE) {
		err = answer_request(op, handle, r);
		if (!err)
			continue;
		if (stopped)
			return err;
		op_cancel(handle, r);
		stopped = true;
	}

	return r->a0;
}
