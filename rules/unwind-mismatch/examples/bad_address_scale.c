/* Both count pages, but the undo forgets to scale. */
static int give_root(phys_addr_t root, unsigned int pages)
{
	int i;

	for (i = 0; i < pages; i++)
		if (rmi_granule_delegate(root + i * PAGE_SIZE))
			goto undo;
	return 0;
undo:
	while (--i >= 0)
		WARN_ON(rmi_granule_undelegate(root + i)); /* expect: unwind-mismatch */
	return -ENXIO;
}
