/* More taken than given: the counter wraps. */
struct lent {
	u64 nr;
	u64 page[64];
};

static void put_page_back(struct lent *l, u64 pa)
{
	if (l->nr < 64)
		l->page[l->nr++] = pa;
}

static void give(struct lent *l, u64 handle)
{
	struct arm_smccc_1_2_regs r = {
		SMC_RMI_OP_MEM_DONATE, handle, virt_to_phys(&l->page[0]), l->nr
	};

	arm_smccc_1_2_smc(&r, &r);
	l->nr -= r.a1;	/* expect: list-without-bound */
}
