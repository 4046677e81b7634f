/* What the loop looks at is not told to the RMM. */
static u64 __init total_memory(void)
{
	struct memblock_region *reg;
	u64 sum = 0;

	for_each_mem_region(reg)
		sum += reg->size;
	return sum;
}

int __init check_memory(void)
{
	unsigned long limit;

	if (rmi_features(1, &limit))
		return -ENXIO;
	return total_memory() > limit ? -E2BIG : 0;
}
