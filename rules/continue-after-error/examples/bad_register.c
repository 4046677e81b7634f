/* The cursor is a register of the failed call. */
static void give_all(phys_addr_t at, phys_addr_t limit)
{
	struct arm_smccc_res out;

	for (; at < limit; at = out.a1) {
		arm_smccc_1_1_invoke(SMC_RMI_GRANULE_RANGE_DELEGATE, at, limit, &out);
		if (WARN_ON_ONCE(out.a0))
			continue; /* expect: continue-after-error */
		note_given(at, out.a1);
	}
}
