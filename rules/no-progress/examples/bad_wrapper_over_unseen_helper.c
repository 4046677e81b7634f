/* The wrapper is in sight, but what it calls to reach the RMM is not. */
static inline unsigned long rmi_rtt_dev_map(phys_addr_t rd, unsigned long ipa,
					    unsigned long end, unsigned long *reached)
{
	struct arm_smccc_1_2_regs io = { SMC_RMI_RTT_DEV_MAP, rd, ipa, end };

	rmi_smccc_invoke(&io, &io);
	*reached = io.a1;

	return io.a0;
}

int map_bar(phys_addr_t rd, unsigned long ipa, unsigned long end)
{
	unsigned long next;

	while (ipa < end) {
		if (rmi_rtt_dev_map(rd, ipa, end, &next))
			return -ENXIO;
		ipa = next;				/* expect: no-progress */
	}

	return 0;
}
