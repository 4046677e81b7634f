/* The undo steps back before it takes anything back. */
int lend_pre(phys_addr_t base, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (rmi_granule_delegate(base + i * PAGE_SIZE))
			goto undo;
	return 0;

undo:
	while (--i >= 0)
		rmi_granule_undelegate(base + i * PAGE_SIZE);
	return -ENXIO;
}

int lend_for(phys_addr_t base, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		phys_addr_t pa = base + i * PAGE_SIZE;

		if (rmi_delegate_page(pa))
			break;
		if (rmi_rtt_create(pa)) {
			rmi_undelegate_page(pa);
			break;
		}
	}
	if (i == n)
		return 0;

	for (i--; i >= 0; i--)
		WARN_ON(rmi_undelegate_page(base + i * PAGE_SIZE));
	return -ENXIO;
}

int lend_cursor(phys_addr_t start, phys_addr_t end)
{
	phys_addr_t pa;

	for (pa = start; pa < end; pa += PAGE_SIZE)
		if (rmi_granule_delegate(pa))
			goto undo;
	return 0;

undo:
	while (pa > start) {
		pa -= PAGE_SIZE;
		rmi_granule_undelegate(pa);
	}
	return -ENXIO;
}

int lend_after_step(phys_addr_t before, phys_addr_t last)
{
	phys_addr_t pa = before;

	while (pa < last) {
		pa += PAGE_SIZE;
		if (rmi_granule_delegate(pa))
			goto undo;
	}
	return 0;

undo:
	while (pa - PAGE_SIZE > before) {
		pa -= PAGE_SIZE;
		rmi_granule_undelegate(pa);
	}
	return -ENXIO;
}
