/* The counter gets a new meaning between the loops. */
static void settle(struct realm *r, phys_addr_t base, unsigned long bytes)
{
	long i;

	for (i = 0; i < bytes; i += PAGE_SIZE)
		rmi_granule_delegate(base + i);

	i = r->nr_recs;
	while (--i >= 0)
		rmi_rec_destroy(r->recs[i]);
}
