/* `_init_` is part of a command's name: rmi_rtt_init_ripas() is firmware. */
static int set_ram(struct realm *r, unsigned long ipa, unsigned long end)
{
	unsigned long top;

	while (ipa < end) {
		if (rmi_rtt_init_ripas(r->rd_phys, ipa, end, &top))
			return -ENXIO;
		ipa = top; /* expect: no-progress */
	}

	return 0;
}
