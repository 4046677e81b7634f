/* A part that was taken ends it; a size of the host's own may be rounded. */
static int note_taken(struct pool *pool, struct arm_smccc_1_2_regs *out, u64 bytes)
{
	if (WARN_ON(!IS_ALIGNED(bytes, PAGE_SIZE)))
		bytes = ALIGN(bytes, PAGE_SIZE);
	rmi_op_give(pool->handle, pool->list, bytes, out);
	if (WARN_ON(out->a1 % pool->per_block))
		return -EIO;
	pool->used += out->a1 / pool->per_block;

	return 0;
}
