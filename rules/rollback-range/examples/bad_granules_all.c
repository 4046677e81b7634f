/* Delegated granule by granule; where one fails, all of the range is taken back. */
int lend_tables(phys_addr_t base, unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n; i++) {
		if (rmi_granule_delegate(base + i * PAGE_SIZE))
			goto err;
	}
	return 0;

err:
	WARN_ON(rmi_undelegate_range(base, n * PAGE_SIZE));	/* expect: rollback-range */
	return -ENXIO;
}

int lend_cursor(phys_addr_t start, phys_addr_t end)
{
	phys_addr_t pa;
	int ret;

	for (pa = start; pa < end; pa += PAGE_SIZE) {
		ret = rmi_granule_delegate(pa);
		if (ret)
			goto err;
	}
	return 0;

err:
	for (pa = start; pa < end; pa += PAGE_SIZE)
		WARN_ON(rmi_granule_undelegate(pa));	/* expect: rollback-range */
	return ret;
}

int lend_counted(phys_addr_t base, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		phys_addr_t pa = base + i * PAGE_SIZE;

		if (rmi_delegate_page(pa))
			break;
	}
	if (i == n)
		return 0;

	for (i = 0; i < n; i++)
		rmi_undelegate_page(base + i * PAGE_SIZE);	/* expect: rollback-range */
	return -ENXIO;
}
