/* Cancelled on the way out: no second time. */
static long drive(struct op *op, struct arm_smccc_1_2_regs *r)
{
	int left = 10;

	while (RMI_RETURN_STATUS(r->a0) == RMI_INCOMPLETE) {
		if (!answer_request(op, r))
			continue;
		op_cancel(op->handle, r);
		if (!left--)
			return -EIO;
	}

	return r->a0;
}
