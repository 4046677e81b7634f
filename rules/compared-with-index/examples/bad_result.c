#define RMI_RETURN_STATUS(answer)	((answer) & 0xff)

/* The index of RMI_ERROR_RTT is the level: hardly ever 0. */
static int drop_table(struct realm *r, unsigned long ipa)
{
	unsigned long ret = rmi_rtt_destroy(r->rd_pa, ipa, 3);

	if (ret == RMI_ERROR_RTT) /* expect: compared-with-index */
		return 0;
	return ret ? -ENXIO : 0;
}
