/* A retry that is spelt with a label instead of a loop: the page of the failed attempt is forgotten. */
int get_granule(struct pool *pool)
{
	int tries = 0;
	void *va;

retry:
	va = (void *)__get_free_page(GFP_KERNEL);
	if (!va)
		return -ENOMEM;

	if (rmi_delegate_page(virt_to_phys(va))) {
		if (++tries < 4)
			goto retry;			/* expect: leak-on-continue */
		free_page((unsigned long)va);
		return -ENXIO;
	}

	pool->va = va;
	return 0;
}
