/* Preset, and the wrapper writes only where it succeeds. */
static unsigned long unmap_one(phys_addr_t rd, unsigned long ipa, unsigned long *upto)
{
	struct arm_smccc_res out;

	arm_smccc_1_1_invoke(SMC_RMI_DATA_DESTROY, rd, ipa, &out);
	if (out.a0 == RMI_SUCCESS)
		*upto = out.a2;

	return out.a0;
}

static void unmap_span(struct realm *r, unsigned long ipa, unsigned long end)
{
	unsigned long nxt, st;

	for (; ipa < end; ipa = nxt) {
		nxt = ipa + PAGE_SIZE;
		st = unmap_one(r->rd_phys, ipa, &nxt);
		if (WARN_ON_ONCE(st))
			continue;
		r->pages--;
	}
}
