/* A register that rmi_smccc_invoke() filled becomes the cursor. */
int verify(phys_addr_t start, phys_addr_t end)
{
	struct arm_smccc_1_2_regs args, res;

	while (start < end) {
		args = (struct arm_smccc_1_2_regs){ SMC_RMI_GRANULE_TRACKING_GET, start, end };
		rmi_smccc_invoke(&args, &res);
		if (res.a0 != RMI_SUCCESS)
			return -ENXIO;
		start = res.a3;				/* expect: no-progress */
	}

	return 0;
}
