/* The twin: one finding, where the cursor comes out of the registers. */
static int all_fine(phys_addr_t at, phys_addr_t end)
{
	struct arm_smccc_1_2_regs r;

	while (at < end) {
		r = (struct arm_smccc_1_2_regs){ SMC_RMI_GRANULE_TRACKING_GET };
		r.a1 = at;
		r.a2 = end;
		rmi_smccc_invoke(&r);
		if (r.a0 != RMI_SUCCESS)
			return -ENXIO;
		at = r.a3; /* expect: no-progress */
	}
	return 0;
}
