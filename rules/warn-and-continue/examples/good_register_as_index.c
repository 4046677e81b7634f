/* The twin: a count that does not fit is not used. */
static int note_reclaimed(struct rme_op *op, struct arm_smccc_1_2_regs *out)
{
	unsigned long n = out->a1;

	if (WARN_ONCE(!n || n > op->room, "RMM returned %lu of %u entries\n", n, op->room))
		return -EIO;
	op->list[n - 1] |= LAST_ENTRY;
	rmi_op_done(op->handle);

	return 0;
}
