/* Left over when the error was made a skip. */
static int set_all(struct realm *r, unsigned long at, unsigned long end)
{
	while (at < end) {
		switch (rmi_rtt_init_ripas(r->rd_phys, at, end)) {
		case RMI_SUCCESS:
			at += SZ_2M;
			break;
		case RMI_ERROR_RTT:
			at += SZ_4K;
			break;
			return -EBUSY; /* expect: dead-code */
		default:
			return -ENXIO;
		}
	}
	return 0;
}
