/* The undo begins with the granule that could not be delegated. */
int lend_while(phys_addr_t base, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (rmi_granule_delegate(base + i * PAGE_SIZE))
			goto undo;
	return 0;

undo:
	while (i >= 0) {
		rmi_granule_undelegate(base + i * PAGE_SIZE);	/* expect: rollback-range */
		i--;
	}
	return -ENXIO;
}

int lend_for(phys_addr_t base, int n)
{
	int i, ret;

	for (i = 0; i < n; i++) {
		phys_addr_t pa = base + i * PAGE_SIZE;

		ret = rmi_delegate_page(pa);
		if (ret)
			break;
	}
	if (!ret)
		return 0;

	for (; i >= 0; i--)
		WARN_ON(rmi_undelegate_page(base + i * PAGE_SIZE));	/* expect: rollback-range */
	return ret;
}

int lend_cursor(phys_addr_t start, phys_addr_t end)
{
	phys_addr_t pa;

	for (pa = start; pa < end; pa += PAGE_SIZE)
		if (rmi_granule_delegate(pa))
			goto undo;
	return 0;

undo:
	do {
		rmi_granule_undelegate(pa);	/* expect: rollback-range */
		pa -= PAGE_SIZE;
	} while (pa >= start);
	return -ENXIO;
}
