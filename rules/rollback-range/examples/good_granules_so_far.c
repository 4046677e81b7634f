/* Granule by granule, and the undo takes back as many as were given. */
int lend_range(phys_addr_t base, unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n; i++) {
		if (rmi_granule_delegate(base + i * PAGE_SIZE))
			goto err;
	}
	return 0;

err:
	WARN_ON(rmi_undelegate_range(base, i * PAGE_SIZE));
	return -ENXIO;
}

int lend_second_count(phys_addr_t base, unsigned long n)
{
	unsigned long i, j;

	for (i = 0; i < n; i++)
		if (rmi_granule_delegate(base + i * PAGE_SIZE))
			goto err;
	return 0;

err:
	for (j = 0; j < i; j++)
		WARN_ON(rmi_granule_undelegate(base + j * PAGE_SIZE));
	return -ENXIO;
}

int lend_remembered(phys_addr_t start, phys_addr_t end)
{
	phys_addr_t pa, done = start;

	for (pa = start; pa < end; pa += PAGE_SIZE) {
		if (rmi_granule_delegate(pa))
			goto err;
		done = pa + PAGE_SIZE;
	}
	return 0;

err:
	for (pa = start; pa < done; pa += PAGE_SIZE)
		WARN_ON(rmi_granule_undelegate(pa));
	return -ENXIO;
}

int lend_flagged(phys_addr_t base, unsigned int n, bool *given)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (rmi_granule_delegate(base + i * PAGE_SIZE))
			goto err;
		given[i] = true;
	}
	return 0;

err:
	for (i = 0; i < n; i++)
		if (given[i])
			WARN_ON(rmi_granule_undelegate(base + i * PAGE_SIZE));
	return -ENXIO;
}

int lend_then_map(struct realm *realm, phys_addr_t base, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (rmi_granule_delegate(base + i * PAGE_SIZE))
			goto err;
	if (map_all(realm, base, n)) {
		WARN_ON(rmi_undelegate_range(base, n * PAGE_SIZE));
		return -ENXIO;
	}
	return 0;

err:
	while (i--)
		WARN_ON(rmi_granule_undelegate(base + i * PAGE_SIZE));
	return -ENXIO;
}
