/* What the RMM says it gave back is believed. */
struct lent {
	u64 nr;
	u64 page[64];
};

static void take_back(struct lent *l, u64 handle)
{
	struct arm_smccc_1_2_regs r = {
		SMC_RMI_OP_MEM_RECLAIM, handle, virt_to_phys(&l->page[l->nr]), 64 - l->nr
	};
	unsigned long got;

	arm_smccc_1_2_smc(&r, &r);
	got = r.a1;
	l->nr = l->nr + got;	/* expect: list-without-bound */
}
