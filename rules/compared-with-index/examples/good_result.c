/* The twin. */
static int drop_table(struct realm *r, unsigned long ipa)
{
	unsigned long ret = rmi_rtt_destroy(r->rd_pa, ipa, 3);

	if (RMI_RETURN_STATUS(ret) == RMI_ERROR_RTT)
		return 0;
	return ret ? -ENXIO : 0;
}
