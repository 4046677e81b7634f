static int settle(struct realm *r, unsigned long st)
{
	switch (RMI_RETURN_STATUS(st)) {
	case RMI_ERROR_RTT: {
		int depth = RMI_RETURN_INDEX(st);

		return rmi_rtt_fold(r->rd_phys, r->ipa, depth);
	}
	default:
		return -ENXIO;
	}
}
