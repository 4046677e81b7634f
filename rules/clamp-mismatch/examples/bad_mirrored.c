/* The limit stands on the left. */
static void cut(struct realm *realm, u64 rows)
{
	u64 bytes = realm->want;

	if (rows * PAGE_SIZE < bytes)
		bytes = realm->cols * PAGE_SIZE;	/* expect: clamp-mismatch */
	realm->got = rmi_rtt_fill(realm->rd, bytes);
}
