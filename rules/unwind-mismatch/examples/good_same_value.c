/* One size under two names. */
static int give_root(phys_addr_t root, unsigned long bytes)
{
	const unsigned long step = PAGE_SIZE;
	unsigned long off;

	for (off = 0; off < bytes; off += step)
		if (rmi_granule_delegate(root + off))
			goto undo;
	return 0;
undo:
	while (off) {
		off -= PAGE_SIZE;
		WARN_ON(rmi_granule_undelegate(root + off));
	}
	return -ENXIO;
}
