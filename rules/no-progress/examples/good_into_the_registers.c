/* The cursor is put into the registers; the value that comes out of them was tested. */
static int all_fine(phys_addr_t at, phys_addr_t end)
{
	struct arm_smccc_1_2_regs r;

	while (at < end) {
		r = (struct arm_smccc_1_2_regs){ SMC_RMI_GRANULE_TRACKING_GET };
		r.a1 = at;
		r.a2 = end;
		rmi_smccc_invoke(&r);
		if (r.a0 != RMI_SUCCESS || r.a3 <= at)
			return -ENXIO;
		at = r.a3;
	}
	return 0;
}
