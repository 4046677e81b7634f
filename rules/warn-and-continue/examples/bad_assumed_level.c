/* Not the value itself but the number it was compared with is used. */
static int split_block(struct realm *r, unsigned long ipa, phys_addr_t page)
{
	unsigned long top, st;

again:
	st = rmi_data_destroy(virt_to_phys(r->rd), ipa, &page, &top);
	if (RMI_RETURN_STATUS(st) == RMI_ERROR_RTT) {
		WARN_ON(RMI_RETURN_INDEX(st) != 2); /* expect: warn-and-continue */
		if (rmi_rtt_create(virt_to_phys(r->rd), page, ipa, 3))
			return -ENXIO;
		goto again;
	}

	return st ? -EIO : 0;
}
