/* Read under the test for success, however that is spelt (withdrawn on v7). */
static int set_kind(struct realm *r, unsigned long ipa, unsigned long end)
{
	unsigned long upto;

	while (ipa < end) {
		unsigned long st = rmi_rtt_set_ripas(r->rd, r->rec, ipa, end, &upto);
		unsigned long status = RMI_RETURN_STATUS(st);

		if (status == RMI_ERROR_RTT) {
			if (add_table(r, ipa, RMI_RETURN_INDEX(st) + 1))
				return -ENOMEM;
			continue;
		}
		if (status == RMI_SUCCESS)
			ipa = upto;
		else
			return -ENXIO;
	}

	return 0;
}
