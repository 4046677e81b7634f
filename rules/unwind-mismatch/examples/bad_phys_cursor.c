/* The address itself is the counter. */
static int give_root(phys_addr_t root, unsigned long bytes)
{
	phys_addr_t pa;

	for (pa = root; pa < root + bytes; pa += PAGE_SIZE)
		if (rmi_granule_delegate(pa))
			goto undo;
	return 0;
undo:
	while (pa-- > root) /* expect: unwind-mismatch */
		WARN_ON(rmi_granule_undelegate(pa));
	return -ENXIO;
}
