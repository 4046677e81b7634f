/* Rounded in the loop's own header, and handed to a helper of the file. */
static int give_granule(phys_addr_t pa)
{
	return rmi_granule_delegate(pa) ? -EBUSY : 0;
}

static int give_pool(struct rme_pool *pool)
{
	phys_addr_t end = pool->phys + pool->bytes;
	phys_addr_t at;
	int err;

	for (at = ALIGN_DOWN(pool->phys, pool->chunk); at < end; at += PAGE_SIZE) { /* expect: widened-range */
		err = give_granule(at);
		if (err)
			return err;
	}

	return 0;
}
