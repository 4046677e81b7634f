/* Another limit on purpose, a step down, and a lower bound. */
static void cut(struct realm *realm, u64 rows)
{
	u64 bytes = realm->want;

	if (bytes > rows * PAGE_SIZE)
		bytes = PAGE_SIZE;
	if (bytes >= rows * PAGE_SIZE)
		bytes = (rows - 1) * PAGE_SIZE;
	if (bytes < realm->least * PAGE_SIZE)
		bytes = rows * PAGE_SIZE;
	realm->got = rmi_rtt_fill(realm->rd, bytes);
}
