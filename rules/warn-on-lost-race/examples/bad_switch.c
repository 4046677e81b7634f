/* A switch, the status in a variable of its own, and the WARN as a statement. */
static void map_device(struct realm *r, unsigned long ipa, unsigned long desc)
{
	unsigned long st = rmi_rtt_map_unprotected(r->rd_pa, ipa, r->level, desc);
	unsigned long kind;

	switch (RMI_RETURN_STATUS(st)) {
	case RMI_SUCCESS:
		return;
	case RMI_ERROR_RTT:
		add_tables(r, ipa, RMI_RETURN_INDEX(st));
		break;
	default:
		return;
	}

	st = rmi_rtt_map_unprotected(r->rd_pa, ipa, r->level, desc);
	kind = RMI_RETURN_STATUS(st);
	WARN_ONCE(kind != RMI_SUCCESS, "no mapping\n"); /* expect: warn-on-lost-race */
}
