/* As no-progress/bad_wrapper_over_unseen_helper: a wrapper in sight whose helper is not makes the loop silent in a patch alone. */
static inline unsigned long rmi_rtt_dev_unmap(phys_addr_t rd, unsigned long where,
					      unsigned long top, unsigned long *reached)
{
	struct arm_smccc_1_2_regs frame = { SMC_RMI_RTT_DEV_UNMAP, rd, where, top };

	rmi_smccc_invoke(&frame, &frame);
	*reached = frame.a1;

	return frame.a0;
}

void unmap_bar(phys_addr_t rd, unsigned long where, unsigned long limit)
{
	unsigned long top, st;

	while (where < limit) {
		st = rmi_rtt_dev_unmap(rd, where, limit, &top);

		switch (RMI_RETURN_STATUS(st)) {
		case RMI_SUCCESS:
		case RMI_ERROR_RTT:
			break;
		default:
			WARN_ON_ONCE(1);
			where = top;
			continue;			/* expect: continue-after-error */
		}
		if (top <= where)
			top = where + PAGE_SIZE;
		where = top;
	}
}
