/* The flag is looked at only when the loop has ended. */
static long drive(struct op *op, struct arm_smccc_1_2_regs *r)
{
	bool stopped = false;

	for (;;) {
		switch (RMI_RETURN_STATUS(r->a0)) {
		case RMI_INCOMPLETE:
			break;
		default:
			return stopped ? -ECANCELED : (long)r->a0;
		}

		if (answer_request(op, r)) {
			*r = (struct arm_smccc_1_2_regs){ SMC_RMI_OP_CANCEL, op->handle };	/* expect: cancel-again */
			arm_smccc_1_2_smc(r, r);
			stopped = true;
		}
	}
}
