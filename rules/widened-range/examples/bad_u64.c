/* Physical addresses as u64: the command says what they are. */
int lend_carveout(u64 base, u64 size)
{
	u64 start = round_down(base, SZ_1G);		/* expect: widened-range */
	u64 end = round_up(base + size, SZ_1G);		/* expect: widened-range */

	for (; start < end; start += PAGE_SIZE)
		if (rmi_granule_delegate(start))
			return -ENXIO;

	return 0;
}
