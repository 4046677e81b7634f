/* Said once, then cut to what fits. */
static void take_entries(struct rme_op *op, struct arm_smccc_1_2_regs *out)
{
	unsigned long n = out->a1;

	WARN_ON_ONCE(n > op->room);
	n = min(n, op->room);
	op->count += n;
	rmi_op_done(op->handle);
}
