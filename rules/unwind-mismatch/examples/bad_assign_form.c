/* `i = i + STEP` and `i = i - 1`. */
static int give_root(phys_addr_t root, unsigned long bytes)
{
	unsigned long off;

	for (off = 0; off < bytes; off = off + SZ_4K)
		if (rmi_granule_delegate(root + off))
			goto undo;
	return 0;
undo:
	for (; off > 0; off = off - 1) /* expect: unwind-mismatch */
		WARN_ON(rmi_granule_undelegate(root + (off - 1) * SZ_4K));
	return -ENXIO;
}
