/* A request that wants nothing leaves the switch with `err` unset. */
static unsigned long drive(struct op *op)
{
	struct arm_smccc_1_2_regs out;

	start_op(op, &out);
	while (RMI_RETURN_STATUS(out.a0) == RMI_INCOMPLETE) {
		int err;

		switch (kind_of(out.a0)) {
		case OP_WANTS_NOTHING:
			start_op(op, &out);
			break;
		case OP_WANTS_PAGES:
			err = give_pages(op, &out);
			break;
		default:
			err = -EIO;
			break;
		}
		if (err) /* expect: uninitialised-on-path */
			return err;
	}
	return out.a0;
}
