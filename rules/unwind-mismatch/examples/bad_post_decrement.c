/* Post-decrement in the condition. */
static int give_root(phys_addr_t root, unsigned long bytes)
{
	unsigned long off;

	for (off = 0; off < bytes; off += SZ_4K)
		if (rmi_granule_delegate(root + off))
			goto undo;
	return 0;
undo:
	while (off--) /* expect: unwind-mismatch */
		WARN_ON(rmi_granule_undelegate(root + off * SZ_4K));
	return -ENXIO;
}
