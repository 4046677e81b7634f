/* u64, and rounded inward; next to it an IPA, which the table wants aligned. */
int lend_carveout(struct realm *realm, u64 base, u64 size, u64 ipa)
{
	u64 start = round_up(base, SZ_1G);
	u64 end = round_down(base + size, SZ_1G);
	u64 table_ipa = round_down(ipa, SZ_1G);

	for (; start < end; start += PAGE_SIZE)
		if (rmi_granule_delegate(start))
			return -ENXIO;

	return rmi_rtt_create(realm->rd, base, table_ipa, 2) ? -ENXIO : 0;
}
