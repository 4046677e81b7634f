/* A status that was taken out before, a status whose index is always 0, and another value. */
static int ask(unsigned long fid)
{
	struct arm_smccc_res res;
	unsigned long status;

	do {
		arm_smccc_1_1_invoke(fid, &res);
		status = RMI_RETURN_STATUS(res.a0);
	} while (status == RMI_BUSY);

	return res.a0 == RMI_ERROR_INPUT ? -EINVAL : 0;
}

static bool is_fine(phys_addr_t pa)
{
	unsigned long kind, state;

	if (rmi_granule_tracking_get(pa, &kind, &state))
		return false;
	return state == RMI_TRACKING_FINE;
}
