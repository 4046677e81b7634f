/* No second try, or one that is not made because of RMI_ERROR_RTT. */
static void map_device(struct realm *r, unsigned long ipa, unsigned long desc)
{
	unsigned long st = rmi_rtt_map_unprotected(r->rd_pa, ipa, r->level, desc);

	switch (RMI_RETURN_STATUS(st)) {
	case RMI_SUCCESS:
	case RMI_ERROR_RTT:
		break;
	default:
		WARN_ON(st);
	}
}

static int map_two(struct realm *r, unsigned long ipa, unsigned long desc)
{
	unsigned long st = rmi_rtt_map_unprotected(r->rd_pa, ipa, 3, desc);

	if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT)
		return -EAGAIN;
	st = rmi_rtt_map_unprotected(r->rd_pa, ipa, 3, desc);
	if (WARN_ON(st))
		return -ENXIO;
	return 0;
}
