/* The bytes left are counted down. */
static int give_all(phys_addr_t at, unsigned long left)
{
	struct arm_smccc_res out;

	while (left > 0) {
		arm_smccc_1_1_invoke(SMC_RMI_GRANULE_RANGE_DELEGATE, at, at + left, &out);
		if (out.a0)
			return -ENXIO;
		left -= out.a1 - at;
		at = out.a1; /* expect: no-progress */
	}

	return 0;
}
