/* Both loops count up. */
static void settle(struct realm *r, phys_addr_t base, unsigned long bytes)
{
	unsigned long i, n;

	for (i = 0; i < bytes; i += PAGE_SIZE)
		rmi_granule_delegate(base + i);
	for (n = 0; n < i; n += PAGE_SIZE)
		rmi_granule_undelegate(base + n);
	while (r->refs > 0)
		r->refs--;
}
