/* In braces the next case would not know it. */
static int settle(struct realm *r, unsigned long st)
{
	switch (RMI_RETURN_STATUS(st)) {
	case RMI_ERROR_RTT:
		int depth; /* expect: declaration-after-label */

		depth = RMI_RETURN_INDEX(st);
		return rmi_rtt_fold(r->rd_phys, r->ipa, depth);
	default:
		depth = 0;
		return rmi_rtt_fold(r->rd_phys, r->ipa, depth) ? -ENXIO : 0;
	}
}
