/* The twin: back by what the forward loop added. */
static int give_root(struct realm *r, phys_addr_t root, unsigned long bytes)
{
	int off;

	for (off = 0; off < bytes; off += PAGE_SIZE) {
		if (rmi_granule_delegate(root + off))
			goto undo;
	}

	return 0;

undo:
	while (off > 0) {
		off -= PAGE_SIZE;
		WARN_ON(rmi_granule_undelegate(root + off));
	}

	return -ENXIO;
}
