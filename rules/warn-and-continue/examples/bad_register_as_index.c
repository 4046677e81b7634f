/* A register that the firmware filled becomes an array index. */
static void note_reclaimed(struct rme_op *op, struct arm_smccc_1_2_regs *out)
{
	unsigned long n = out->a1;

	WARN_ONCE(n > op->room, "RMM returned %lu of %u entries\n", n, op->room); /* expect: warn-and-continue */
	op->list[n - 1] |= LAST_ENTRY;
	rmi_op_done(op->handle);
}
