/* The twin: the first chunk that lies wholly inside. */
static int give_granule(phys_addr_t pa)
{
	return rmi_granule_delegate(pa) ? -EBUSY : 0;
}

static int give_pool(struct rme_pool *pool)
{
	phys_addr_t end = pool->phys + pool->bytes;
	phys_addr_t at;
	int err;

	for (at = ALIGN(pool->phys, pool->chunk); at < end; at += PAGE_SIZE) {
		err = give_granule(at);
		if (err)
			return err;
	}

	return 0;
}
