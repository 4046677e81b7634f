/* The twin of bad_if_body_is_warn.c: the branch puts it right. */
static void take_entries(struct rme_op *op, struct arm_smccc_1_2_regs *out)
{
	unsigned long n = out->a1;

	if (n > op->room) {
		WARN_ON_ONCE(1);
		n = op->room;
	}
	op->list[n - 1] |= LAST_ENTRY;
	rmi_op_done(op->handle);
}
