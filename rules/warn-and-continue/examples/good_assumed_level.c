/* The twin: one level below whatever the RMM reports. */
static int split_block(struct realm *r, unsigned long ipa, phys_addr_t page)
{
	unsigned long top, st;

again:
	st = rmi_data_destroy(virt_to_phys(r->rd), ipa, &page, &top);
	if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
		int below = RMI_RETURN_INDEX(st) + 1;

		if (WARN_ON(below > 3))
			return -ENXIO;
		if (rmi_rtt_create(virt_to_phys(r->rd), page, ipa, below))
			return -ENXIO;
		goto again;
	}

	return st ? -EIO : 0;
}
