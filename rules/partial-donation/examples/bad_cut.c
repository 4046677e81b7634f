/* Rounded down: pages of the RMM are taken for free ones. */
static void note_taken(struct pool *pool, struct arm_smccc_1_2_regs *out)
{
	unsigned long nr;

	rmi_op_give(pool->handle, pool->list, out);
	nr = out->a1;

	if (WARN_ON_ONCE(nr % pool->per_block)) {
		pr_err("only a part was taken\n");
		nr -= nr % pool->per_block;	/* expect: partial-donation */
	}
	pool->used += nr / pool->per_block;
}
