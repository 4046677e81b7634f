/* The twin. */
static int unshare_span(struct realm *r, unsigned long ipa, unsigned long end)
{
	unsigned long upto, st;

	while (ipa < end) {
		st = rmi_rtt_unprot_unmap(r->rd_phys, ipa, end, &upto);
		switch (RMI_RETURN_STATUS(st)) {
		case RMI_SUCCESS:
			ipa = upto;
			break;
		case RMI_ERROR_RTT:
			ipa = ALIGN(ipa + 1, level_span(RMI_RETURN_INDEX(st)));
			break;
		default:
			pr_warn_once("unshare %#lx: %#lx\n", ipa, st);
			return -ENXIO;
		}
	}

	return 0;
}
